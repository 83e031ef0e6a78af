import { dependenciesOf, levels } from '../graph.ts';
import type { CompiledModel } from '../manifest.ts';
import { type AslDefinition, concurrently, RETRY_TRANSIENT, type Step, sequence } from './asl.ts';

/** A Lambda lives fifteen minutes at most; the state outlives it, so that its own error is the one that shows. */
const BUILD_TIMEOUT_SECONDS = 930;

/** What every state of a run gets: the run request. */
export const RUN_REQUEST = {
  'runId.$': '$.runId',
  'asOf.$': '$.asOf',
  'full.$': '$.full',
  'audit.$': '$.audit',
  'selected.$': '$.selected',
  'allowBreaking.$': '$.allowBreaking',
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
    concurrently(
      `Level ${index + 1}`,
      names.map((name) => buildTask(name, buildFunctionArn)),
    ),
  );
  const done: Step = { name: 'Done', state: { Type: 'Succeed' } };
  return {
    Comment: `Builds the models of ${domain}.`,
    StartAt: steps[0]?.name ?? done.name,
    States: sequence(steps, [done]),
  };
}

/** Builds one model. What was done is in its build record; the result is not carried along. */
const buildTask = (model: string, functionArn: string): Step => ({
  name: model,
  state: {
    Type: 'Task',
    Resource: functionArn,
    Parameters: { ...RUN_REQUEST, model },
    ResultPath: null,
    TimeoutSeconds: BUILD_TIMEOUT_SECONDS,
    Retry: RETRY_TRANSIENT,
  },
});
