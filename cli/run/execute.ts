import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { s3, stepFunctions } from '../../common/aws.ts';
import { type BuildRecord, buildRecordPrefix, type RunRequest, runIdOf } from '../../engine/run.ts';
import type { Platform } from '../../infra/platform.ts';

/** What to build; the logical date is the day of the run where none is given. */
export interface RunInput
  extends Pick<RunRequest, 'full' | 'selected'>,
    Partial<Pick<RunRequest, 'allowBreaking' | 'audit' | 'engine'>> {
  readonly asOf?: string;
  /** How long to wait for the end of another run. */
  readonly waitMinutes?: number;
}

export interface RunOutcome {
  readonly runId: string;
  readonly seconds: number;
  /** Builds of the run in the order in which they ended. */
  readonly builds: readonly BuildRecord[];
  readonly succeeded: boolean;
  /** Why the state machine itself failed, where it did. */
  readonly cause?: string;
}

export interface RunOptions {
  readonly stepFunctions?: SFNClient;
  readonly s3?: S3Client;
  readonly pollMs?: number;
  /** Called with each build as it ends. */
  readonly onBuild?: (build: BuildRecord) => void;
}

/** Starts the parent state machine and follows it to its end. A failed build is an outcome, not an error. */
export async function executeRun(platform: Platform, input: RunInput, options: RunOptions = {}): Promise<RunOutcome> {
  const machines = options.stepFunctions ?? stepFunctions();
  const began = performance.now();
  const { executionArn } = await machines.send(
    new StartExecutionCommand({ stateMachineArn: platform.stateMachineArn, input: JSON.stringify(input) }),
  );
  const describe = () => machines.send(new DescribeExecutionCommand({ executionArn }));
  const { startDate = new Date() } = await describe();
  const runId = runIdOf(executionArn ?? '', startDate);
  const records = recordReader(options.s3 ?? s3(), platform.buckets.operations, runId);
  const { builds, end } = await follow(describe, records, options);
  const failed = builds.some(({ status }) => status === 'failed' || status === 'blocked');
  const seconds = (performance.now() - began) / 1_000;
  const met = skippedBecause(end.output);
  if (met !== undefined) return { runId, seconds, builds, succeeded: false, cause: `nothing was done: ${met}` };
  if (end.status === 'SUCCEEDED') return { runId, seconds, builds, succeeded: !failed };
  const cause = [end.error ?? end.status, end.cause].filter(Boolean).join(': ');
  return { runId, seconds, builds, succeeded: false, cause };
}

/** Why a run had nothing to do, from the output of its execution; undefined where it did something. */
export function skippedBecause(output: string | undefined): string | undefined {
  const { status, reason } = Object(JSON.parse(output ?? 'null')) as { status?: unknown; reason?: unknown };
  return status === 'skipped' ? String(reason) : undefined;
}

/** Collects builds until the execution has ended; what was written just before its end is read as well. */
async function follow(
  describe: () => Promise<DescribeExecutionCommandOutput>,
  records: () => Promise<BuildRecord[]>,
  { pollMs = 250, onBuild = () => {} }: RunOptions,
): Promise<{ builds: readonly BuildRecord[]; end: DescribeExecutionCommandOutput }> {
  const builds: BuildRecord[] = [];
  for (;;) {
    const execution = await describe();
    const fresh = await records();
    builds.push(...fresh);
    fresh.forEach(onBuild);
    if (execution.status !== 'RUNNING') return { builds, end: execution };
    await sleep(pollMs);
  }
}

/** Gives the build records that have appeared since it was last called. */
export function recordReader(client: S3Client, bucket: string, runId: string): () => Promise<BuildRecord[]> {
  const seen = new Set<string>();
  return async () => {
    const fresh: BuildRecord[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client },
      { Bucket: bucket, Prefix: buildRecordPrefix(runId) },
    )) {
      for (const { Key = '' } of Contents) {
        if (seen.has(Key)) continue;
        seen.add(Key);
        fresh.push(await readRecord(client, bucket, Key));
      }
    }
    return fresh.sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  };
}

async function readRecord(client: S3Client, bucket: string, key: string): Promise<BuildRecord> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return JSON.parse((await Body?.transformToString()) ?? '') as BuildRecord;
}
