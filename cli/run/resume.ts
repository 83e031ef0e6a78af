import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { s3, stepFunctions } from '../../common/aws.ts';
import { TributaryError } from '../../common/errors.ts';
import type { Manifest } from '../../engine/manifest.ts';
import { ENGINE_NAMES } from '../../engine/model.ts';
import type { BuildStatus } from '../../engine/run.ts';
import type { Platform } from '../../infra/platform.ts';
import { type RunInput, recordReader, skippedBecause } from './execute.ts';
import { describeExecution, latestExecutions, type RunExecution } from './executions.ts';

export interface ResumePorts {
  readonly stepFunctions: SFNClient;
  readonly s3: S3Client;
}

const LIMIT = 50;
const DONE: ReadonlySet<BuildStatus> = new Set(['built', 'skipped', 'audited']);

/**
 * The input of a run that goes on with the last one: the models that it was to build and that were neither built nor
 * skipped, on its logical date. Throws `nothing_to_resume`, and `run_in_progress` while it is under way.
 */
export async function resumedInput(
  { stateMachineArn, buckets }: Pick<Platform, 'stateMachineArn' | 'buckets'>,
  { models }: Pick<Manifest, 'models'>,
  ports: ResumePorts = { stepFunctions: stepFunctions(), s3: s3() },
): Promise<RunInput> {
  const last = await lastRun(ports.stepFunctions, stateMachineArn);
  if (last === undefined) throw nothing('there was no run yet');
  const { run, input } = last;
  if (run.status === 'RUNNING') {
    throw new TributaryError({ code: 'run_in_progress', message: `the run ${run.runId} is under way` });
  }
  const records = await recordReader(ports.s3, buckets.operations, run.runId)();
  const done = new Set(records.filter(({ status }) => DONE.has(status)).map(({ model }) => model));
  const wanted = models.filter((model) => isWanted(model, input)).map(({ name }) => name);
  const selected = wanted.filter((name) => !done.has(name));
  if (run.status === 'SUCCEEDED' || selected.length === 0) throw nothing(`the run ${run.runId} has done everything`);
  return {
    asOf: typeof input.asOf === 'string' ? input.asOf : run.startedAt.toISOString().slice(0, 10),
    full: input.full === true,
    audit: input.audit === true,
    allowBreaking: input.allowBreaking === true,
    engine: ENGINE_NAMES.find((name) => name === input.engine) ?? null,
    selected,
  };
}

type Input = Readonly<Record<string, unknown>>;

/** The last run that did not make way for another one. */
async function lastRun(client: SFNClient, machine: string): Promise<{ run: RunExecution; input: Input } | undefined> {
  for (const run of await latestExecutions(client, machine, LIMIT)) {
    const { input, output } = await describeExecution(client, run.executionArn);
    if (skippedBecause(output) === undefined) return { run, input };
  }
  return undefined;
}

function isWanted({ name, domain }: Manifest['models'][number], input: Input): boolean {
  if (Array.isArray(input.selected)) return input.selected.includes(name);
  return typeof input.domain === 'string' ? input.domain === domain : true;
}

const nothing = (message: string): TributaryError =>
  new TributaryError({ code: 'nothing_to_resume', message, advice: 'npx tributary run starts a new run' });
