import { dependenciesOf, levels } from '../graph.ts';
import type { CompiledModel } from '../manifest.ts';
import { type AslDefinition, CATCH_ALL, parallel, RETRY_TRANSIENT, type Step, sequence } from './asl.ts';

/** A Lambda lives fifteen minutes at most; the state outlives it, so that its own error is the one that shows. */
const CALL_TIMEOUT_SECONDS = 930;
/** Between two calls of a build that goes on in Athena or Spark. */
const WAIT_SECONDS = 10;

/** What every state of a run gets: the run request. */
export const RUN_REQUEST = {
  'runId.$': '$.runId',
  'asOf.$': '$.asOf',
  'full.$': '$.full',
  'audit.$': '$.audit',
  'selected.$': '$.selected',
  'allowBreaking.$': '$.allowBreaking',
  'engine.$': '$.engine',
} as const;

/** The state machine of one domain: its models level by level, those of a level at the same time. */
export function domainMachine(
  domain: string,
  models: readonly CompiledModel[],
  buildFunctionArn: string,
): AslDefinition {
  const own = new Map(models.map((model) => [model.name, model]));
  const edges = new Map(models.map((model) => [model.name, dependenciesOf(model).filter((name) => own.has(name))]));
  const steps = levels(edges).map((names, index) =>
    parallel(
      `Level ${index + 1}`,
      names.map((name) => build(name, buildFunctionArn)),
    ),
  );
  const done: Step = { name: 'Done', state: { Type: 'Succeed' } };
  return {
    Comment: `Builds the models of ${domain}.`,
    StartAt: steps[0]?.name ?? done.name,
    States: sequence(steps, [done]),
  };
}

/**
 * Builds one model, in as many calls as its engine takes; the function itself ends a build that takes too long. What was
 * done is in its build record, and what has been started is kept by the function: the machine carries nothing along.
 */
function build(model: string, functionArn: string): AslDefinition {
  const [ended, waits, done, crashed] = [`${model} ended?`, `${model} goes on`, `${model} done`, `${model} crashed`];
  return {
    StartAt: model,
    States: {
      [model]: {
        Type: 'Task',
        Resource: functionArn,
        Parameters: { ...RUN_REQUEST, model },
        ResultSelector: { 'status.$': '$.status' },
        ResultPath: '$.build',
        TimeoutSeconds: CALL_TIMEOUT_SECONDS,
        Retry: RETRY_TRANSIENT,
        Catch: [{ ...CATCH_ALL, Next: crashed }],
        Next: ended,
      },
      [ended]: {
        Type: 'Choice',
        Choices: [{ Variable: '$.build.status', StringEquals: 'running', Next: waits }],
        Default: done,
      },
      [waits]: { Type: 'Wait', Seconds: WAIT_SECONDS, Next: model },
      [done]: { Type: 'Pass', End: true },
      [crashed]: { Type: 'Pass', End: true },
    },
  };
}
