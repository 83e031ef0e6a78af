import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dependenciesOf } from '../../../engine/graph.ts';
import type { CompiledModel } from '../../../engine/manifest.ts';
import { type AslDefinition, type AslState, stateMachines } from '../../../engine/orchestrate/index.ts';
import { aslErrors } from '../../fixtures/asl-errors.ts';
import { runAsl } from '../../fixtures/asl-run.ts';
import { compileSketches, silverSales } from '../../fixtures/models.ts';

const functionArn = (name: string): string => `arn:aws:lambda:eu-west-2:123456789012:function:${name}`;
const machineArn = (name: string): string => `arn:aws:states:eu-west-2:123456789012:stateMachine:tributary-${name}`;

const ARNS = {
  buildFunctionArn: functionArn('build-model'),
  startFunctionArn: functionArn('start-run'),
  finishFunctionArn: functionArn('finish-run'),
  domainMachineArn: machineArn,
};

const [template] = compileSketches(silverSales).models;
if (template === undefined) throw new Error('the sketch gave no model');

/** Models of which each may depend on those before it, spread over domains that follow each other. */
const graphs = fc
  .array(fc.record({ domain: fc.nat(3), inputs: fc.array(fc.nat()) }), { minLength: 1, maxLength: 14 })
  .map((nodes) => {
    const byDomain = [...nodes].sort((a, b) => a.domain - b.domain);
    return byDomain.map(
      ({ domain, inputs }, index): CompiledModel => ({
        ...template,
        name: `gold.m${index}`,
        domain: `d${domain}`,
        inputs: index === 0 ? [] : [...new Set(inputs.map((input) => `gold.m${input % index}`))],
      }),
    );
  });

/** Names of the steps of a machine by the place at which each ends; those of a Parallel state share one. */
function placesOf(machine: AslDefinition, nameOf: (state: AslState) => string | undefined): Map<string, number> {
  const places = new Map<string, number>();
  const note = (state: AslState | undefined, place: number): void => {
    const name = state && nameOf(state);
    if (name === undefined) return;
    expect(places.has(name)).toBe(false);
    places.set(name, place);
  };
  let next: unknown = machine.StartAt;
  for (let place = 0; typeof next === 'string'; place += 1) {
    const state: AslState | undefined = machine.States[next];
    note(state, place);
    for (const branch of (state?.Branches ?? []) as readonly AslDefinition[])
      note(branch.States[branch.StartAt], place);
    next = state?.Next ?? state?.Default;
  }
  return places;
}

const modelOf = ({ Parameters }: AslState): string | undefined => (Parameters as { model?: string } | undefined)?.model;
const domainOf = ({ Parameters }: AslState): string | undefined =>
  (Parameters as { StateMachineArn?: string } | undefined)?.StateMachineArn?.split('tributary-')[1];

const run = (models: readonly CompiledModel[]) => stateMachines({ models }, ARNS);

describe('the state machines of any graph', () => {
  it('are valid', () => {
    fc.assert(
      fc.property(graphs, (models) => {
        const { parent, domains } = run(models);
        for (const machine of [parent, ...Object.values(domains)]) {
          expect(aslErrors(machine)).toBe('');
        }
      }),
      { numRuns: 10 },
    );
  });

  it('build every model once, after everything that it depends on', () => {
    fc.assert(
      fc.property(graphs, (models) => {
        const { parent, domains } = run(models);
        const domainPlaces = placesOf(parent, domainOf);
        expect([...domainPlaces.keys()].sort()).toEqual([...new Set(models.map(({ domain }) => domain))].sort());
        const places = new Map<string, readonly [number, number]>();
        for (const [domain, machine] of Object.entries(domains)) {
          for (const [model, place] of placesOf(machine, modelOf)) {
            expect(places.has(model)).toBe(false);
            places.set(model, [domainPlaces.get(domain) ?? -1, place]);
          }
        }
        expect([...places.keys()].sort()).toEqual(models.map(({ name }) => name).sort());
        for (const model of models) {
          for (const dependency of dependenciesOf(model)) {
            const [domain = 0, place = 0] = places.get(model.name) ?? [];
            const [earlierDomain = 0, earlierPlace = 0] = places.get(dependency) ?? [];
            expect(earlierDomain < domain || (earlierDomain === domain && earlierPlace < place)).toBe(true);
          }
        }
      }),
    );
  });
});

describe('the state machine of a domain', () => {
  const { domains } = run([
    { ...template, name: 'silver.a', inputs: [] },
    { ...template, name: 'silver.b', inputs: [] },
  ]);
  const branches = domains.silver?.States['Level 1']?.Branches as readonly AslDefinition[];

  it('builds the models of a level at the same time', () => {
    expect(branches.map(({ StartAt }) => StartAt)).toEqual(['silver.a', 'silver.b']);
  });

  it('goes on when a build crashes, and repeats only what failed for the service’s own reasons', () => {
    const task = branches[0]?.States['silver.a'];
    expect(task).toMatchObject({
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'silver.a crashed' }],
      Retry: [{ JitterStrategy: 'FULL' }],
    });
    const retries = (task?.Retry ?? []) as readonly { ErrorEquals: readonly string[] }[];
    const repeated = retries.flatMap(({ ErrorEquals }) => ErrorEquals);
    expect(repeated).not.toHaveLength(0);
    expect(repeated).not.toContain('States.ALL');
    expect(repeated).not.toContain('States.Timeout');
    expect(branches[0]?.States['silver.a crashed']).toEqual({ Type: 'Pass', End: true });
  });

  const REQUEST = {
    runId: 'r',
    asOf: '2026-11-21',
    full: false,
    selected: null,
    allowBreaking: false,
    engine: 'athena',
  };

  it('asks a build that goes on in its engine again, with the same request, until it has ended', async () => {
    const machine = domains.silver ?? { StartAt: '', States: {} };
    const statuses = ['running', 'running', 'built', 'failed'];
    const { calls, waitedSeconds } = await runAsl(machine, REQUEST, async () => ({
      status: statuses.shift(),
      reason: 'long',
    }));
    const [a, b] = ['silver.a', 'silver.b'].map((model) => ({ task: model, input: { ...REQUEST, model } }));
    expect(calls).toEqual([a, a, a, b]);
    expect(waitedSeconds).toBeGreaterThan(0);
  });

  it('gives up a build whose function crashes, at whichever call, and goes on with the others', async () => {
    const machine = domains.silver ?? { StartAt: '', States: {} };
    const answers = ['running', 'crash', 'built'];
    const { calls } = await runAsl(machine, REQUEST, async () => {
      const status = answers.shift();
      if (status === 'crash') throw new Error('killed');
      return { status };
    });
    expect(calls.map(({ task }) => task)).toEqual(['silver.a', 'silver.a', 'silver.b']);
  });

  it('carries the request along, and of results no more than the status', () => {
    const states = branches.flatMap(({ States }) => Object.values(States)).filter(({ Type }) => Type === 'Task');
    expect(states).toHaveLength(2);
    for (const state of states) {
      expect(state).toMatchObject({ ResultSelector: { 'status.$': '$.status' }, TimeoutSeconds: expect.any(Number) });
    }
  });
});

describe('the state machine of a run', () => {
  const { parent } = run([template]);

  it('finishes the run whatever becomes of a domain, and fails where finishing says so', () => {
    expect(parent.States['Build silver']).toMatchObject({ Catch: [{ Next: 'Finish run' }], Next: 'Finish run' });
    expect(parent.States['Did all succeed?']).toMatchObject({ Default: 'Failed' });
  });

  it('waits, or ends well with nothing done, where another run is under way', () => {
    expect(parent.States['Start run']).toMatchObject({ Next: 'May it run?' });
    expect(parent.States['May it run?']).toMatchObject({
      Choices: [
        { Variable: '$.status', StringEquals: 'waiting', Next: 'Another run is under way' },
        { Variable: '$.status', StringEquals: 'skipped', Next: 'Skipped' },
      ],
      Default: 'Build silver',
    });
    expect(parent.States['Another run is under way']).toMatchObject({ Type: 'Wait', Next: 'Start run' });
    // Asked again, it has the input of the execution and not its own earlier answer.
    expect(parent.States['Start run']).toMatchObject({ Parameters: { 'input.$': '$$.Execution.Input' } });
    expect(parent.States.Skipped).toEqual({ Type: 'Succeed' });
  });

  it('does not go on when the run cannot begin', () => {
    expect(parent.States['Start run']).not.toHaveProperty('Catch');
  });
});
