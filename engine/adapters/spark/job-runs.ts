import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchStopJobRunCommand,
  ConcurrentRunsExceededException,
  GetJobRunCommand,
  type GlueClient,
  type JobRun,
  StartJobRunCommand,
} from '@aws-sdk/client-glue';
import { asError, TributaryError } from '../../../common/errors.ts';
import { StillRunning } from '../adapter.ts';
import type { RemoteBuild } from '../remote.ts';

export interface JobRunOptions extends Partial<Pick<RemoteBuild, 'deadline' | 'remember'>> {
  readonly glue: GlueClient;
  /** Glue job of `glue/run_request.py`. */
  readonly jobName: string;
  /** Aborted when the run is stopped: the job run is, too. */
  readonly signal?: AbortSignal;
}

const FIRST_POLL_MS = 50;
const LAST_POLL_MS = 5_000;
const ENDED: readonly (string | undefined)[] = ['SUCCEEDED', 'FAILED', 'STOPPED', 'TIMEOUT', 'ERROR', 'EXPIRED'];

/** Runs of the job, each started once and then waited for, if need be by a later call. */
export class JobRuns {
  readonly #options: JobRunOptions;
  readonly #token: () => string;

  /** `token` names everything that the build has started by now. */
  constructor(options: JobRunOptions, token: () => string) {
    this.#options = options;
    this.#token = token;
  }

  /** Starts a run; waits where as many run already as may at a time. Throws `run_stopped` and `StillRunning`. */
  start(request: string): Promise<string> {
    const { glue, jobName: JobName } = this.#options;
    return this.#until(async () => {
      try {
        const { JobRunId } = await glue.send(new StartJobRunCommand({ JobName, Arguments: { '--request': request } }));
        if (JobRunId !== undefined) return JobRunId;
      } catch (error) {
        if (error instanceof ConcurrentRunsExceededException) return undefined;
        throw asError(error);
      }
      throw new TributaryError({ code: 'query_failed', message: 'Glue gave no id of the job run', where: JobName });
    });
  }

  /**
   * The run once it has succeeded or failed. Throws `query_cancelled`, `query_timeout`, `run_stopped`, and
   * `StillRunning` at the deadline.
   */
  async ended(id: string): Promise<JobRun> {
    const { glue, jobName: JobName } = this.#options;
    const isOver = async (): Promise<JobRun | undefined> => {
      const { JobRun: run } = await glue.send(new GetJobRunCommand({ JobName, RunId: id }));
      return ENDED.includes(run?.JobRunState) ? run : undefined;
    };
    const run = await this.#until(isOver, () => this.stop([id]));
    const failure = interruption(run);
    if (failure !== undefined) throw failure;
    return run;
  }

  /** Stops runs; those that have ended stay as they are. */
  async stop(ids: readonly string[]): Promise<void> {
    await stopRuns(this.#options.glue, this.#options.jobName, ids);
  }

  /** Asks until there is an answer, at growing intervals. */
  async #until<T>(ask: () => Promise<T | undefined>, stop = async (): Promise<void> => {}): Promise<T> {
    const { deadline, signal } = this.#options;
    for (let pause = FIRST_POLL_MS; ; pause = Math.min(pause * 1.5, LAST_POLL_MS)) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      if (signal?.aborted) {
        await stop();
        throw new TributaryError({ code: 'run_stopped', message: 'the run was stopped, and its job run with it' });
      }
      if (deadline !== undefined && Date.now() + pause > deadline.getTime()) throw new StillRunning(this.#token());
      await sleep(pause, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    }
  }
}

export async function stopRuns(glue: GlueClient, JobName: string, JobRunIds: readonly string[]): Promise<void> {
  if (JobRunIds.length > 0) await glue.send(new BatchStopJobRunCommand({ JobName, JobRunIds: [...JobRunIds] }));
}

/** Why a run ended without an answer, where it was not the job's own doing. */
function interruption({ Id: where = '', JobRunState, ErrorMessage, Timeout }: JobRun): TributaryError | undefined {
  switch (JobRunState) {
    case 'STOPPED':
      return new TributaryError({
        code: 'query_cancelled',
        message: 'the job run was stopped from outside',
        where,
        advice: 'Nothing was published and the version before goes on serving. Run again to build the model.',
      });
    case 'TIMEOUT':
      return new TributaryError({
        code: 'query_timeout',
        message: `the job run had not ended after ${Timeout ?? '?'} minutes and was stopped`,
        where,
        advice: 'It would take as long again: give the job more time or more workers.',
      });
    case 'ERROR':
    case 'EXPIRED':
      return new TributaryError({
        code: 'query_failed',
        message: `the job run ended as ${JobRunState}: ${ErrorMessage ?? 'Glue gave no reason'}`,
        where,
        advice: 'Glue could not run the job. Run again later to build the model.',
      });
    default:
      return undefined;
  }
}
