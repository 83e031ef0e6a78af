import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { mapBounded } from '../../common/concurrency.ts';
import { type BuildMachine, estimateDollars } from '../../engine/plan/cost.ts';
import type { BuildRecord, BuildStatus } from '../../engine/run.ts';
import type { Platform } from '../../infra/platform.ts';
import { dollars } from '../plan/report.ts';
import { layOut } from '../query/layout.ts';
import { recordReader, skippedBecause } from './execute.ts';
import { describeExecution, latestExecutions, type RunExecution } from './executions.ts';

/** A run of the past, or the one under way. The shape of `tributary runs --json`. */
export interface PastRun {
  readonly runId: string;
  readonly status: 'running' | 'succeeded' | 'failed' | 'cancelled' | 'skipped';
  readonly startedAt: string;
  /** So far, where it is under way. */
  readonly seconds: number;
  readonly counts: Readonly<Partial<Record<BuildStatus, number>>>;
  /** Of its builds, at list prices. */
  readonly dollars: number;
}

export interface RunsPorts {
  readonly stepFunctions: SFNClient;
  readonly s3: S3Client;
  readonly machine: BuildMachine;
  readonly now: () => Date;
}

const PARALLEL = 4;

/** The latest runs, the newest first, whether or not they came to their end. */
export async function pastRuns(
  { stateMachineArn, buckets }: Pick<Platform, 'stateMachineArn' | 'buckets'>,
  limit: number,
  ports: RunsPorts,
): Promise<readonly PastRun[]> {
  const executions = await latestExecutions(ports.stepFunctions, stateMachineArn, limit);
  return mapBounded(executions, PARALLEL, async (run) => {
    const builds = await recordReader(ports.s3, buckets.operations, run.runId)();
    const counts = Map.groupBy(builds, ({ status }) => status);
    return {
      runId: run.runId,
      status: await statusOf(ports.stepFunctions, run),
      startedAt: run.startedAt.toISOString(),
      seconds: ((run.stoppedAt ?? ports.now()).getTime() - run.startedAt.getTime()) / 1000,
      counts: Object.fromEntries([...counts].map(([status, group]) => [status, group.length])),
      dollars: builds.reduce((sum, build) => sum + dollarsOf(build, ports.machine), 0),
    };
  });
}

const dollarsOf = ({ engine, seconds, inputBytes }: BuildRecord, machine: BuildMachine): number =>
  estimateDollars(engine ?? 'duckdb', seconds, inputBytes, machine) ?? 0;

async function statusOf(client: SFNClient, { status, executionArn }: RunExecution): Promise<PastRun['status']> {
  switch (status) {
    case 'RUNNING':
      return 'running';
    case 'ABORTED':
      return 'cancelled';
    case 'SUCCEEDED': {
      const { output } = await describeExecution(client, executionArn);
      return skippedBecause(output) === undefined ? 'succeeded' : 'skipped';
    }
    default:
      return 'failed';
  }
}

const COUNTED = ['built', 'skipped', 'audited', 'failed', 'blocked'] as const;

export const runsReport = (runs: readonly PastRun[]): string =>
  layOut(
    [
      { name: 'run' },
      { name: 'status' },
      { name: 'seconds', isNumber: true },
      ...COUNTED.map((name) => ({ name, isNumber: true })),
      { name: 'dollars', isNumber: true },
    ],
    runs.map((run) => [
      run.runId,
      run.status,
      run.seconds.toFixed(1),
      ...COUNTED.map((status) => String(run.counts[status] ?? 0)),
      dollars(run.dollars),
    ]),
  );
