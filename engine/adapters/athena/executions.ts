import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AthenaClient,
  GetQueryExecutionCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { TributaryError } from '../../../common/errors.ts';
import { StillRunning } from '../adapter.ts';
import type { RemoteBuild } from '../remote.ts';
import { type AthenaToken, parseToken } from './token.ts';

export interface ExecutionOptions extends Pick<RemoteBuild, 'deadline'>, Partial<Pick<RemoteBuild, 'remember'>> {
  readonly athena: AthenaClient;
  readonly workGroup: string;
  /** After so long a query is stopped, in milliseconds; it is not started again. */
  readonly queryTimeoutMs: number;
  /** Aborted when the run is stopped: the query is, too. */
  readonly signal?: AbortSignal;
}

/** Athena's limit on a query, in bytes. */
const MAX_QUERY_BYTES = 262_144;
/** How often a query is repeated that Athena itself failed, and says may be repeated. */
const MAX_REPEATS = 2;
const FIRST_POLL_MS = 50;
const LAST_POLL_MS = 2_000;

/** The queries of one build, each started once, however many calls the build takes. */
export class QueryExecutions {
  readonly #options: ExecutionOptions;
  /** Ids of executions by what they run. */
  readonly #started: Map<string, string>;
  readonly #over = new Set<string>();
  readonly #token: () => string;

  /** `started` are those of earlier calls, `token` names all that the build has by now. */
  constructor(options: ExecutionOptions, started: AthenaToken['queries'], token: () => string) {
    this.#options = options;
    this.#started = new Map(Object.entries(started));
    this.#token = token;
  }

  get started(): AthenaToken['queries'] {
    return Object.fromEntries(this.#started);
  }

  /** Stops what has not ended yet. */
  async stop(): Promise<void> {
    const ids = [...this.#started.values()].filter((id) => !this.#over.has(id));
    await stopAll(this.#options.athena, ids);
  }

  /**
   * Runs a query and gives the id of its execution once it has succeeded. `identity` names what a repetition of the
   * same text must not do twice; a query without one only reads. Throws `query_too_long`, `query_failed`,
   * `query_cancelled`, `query_timeout`, `scan_limit_exceeded`, `run_stopped`, and `StillRunning` at the deadline.
   */
  async run(sql: string, identity?: string): Promise<string> {
    requireShort(sql);
    for (let attempt = 0; ; attempt += 1) {
      const key = keyOf(sql, identity, attempt);
      const id = this.#started.get(key) ?? (await this.#start(sql, key, identity === undefined ? randomUUID() : key));
      const { Status } = await this.#ended(id);
      if (Status?.State === 'SUCCEEDED') return id;
      const isTransient = Status?.State === 'FAILED' && Status.AthenaError?.Retryable === true;
      if (!isTransient || attempt === MAX_REPEATS) throw failureOf({ QueryExecutionId: id, Status });
    }
  }

  async #start(QueryString: string, key: string, ClientRequestToken: string): Promise<string> {
    const { athena, workGroup: WorkGroup } = this.#options;
    // The answer of an earlier query would be that of other tables.
    const ResultReuseConfiguration = { ResultReuseByAgeConfiguration: { Enabled: false } };
    const request = { QueryString, ClientRequestToken, WorkGroup, ResultReuseConfiguration };
    const { QueryExecutionId } = await athena.send(new StartQueryExecutionCommand(request));
    if (QueryExecutionId === undefined) {
      throw new TributaryError({ code: 'query_failed', message: 'Athena gave no id of the execution' });
    }
    this.#started.set(key, QueryExecutionId);
    await this.#options.remember?.(this.#token());
    return QueryExecutionId;
  }

  async #ended(id: string): Promise<QueryExecution> {
    const { deadline, signal, queryTimeoutMs } = this.#options;
    for (let pause = FIRST_POLL_MS; ; pause = Math.min(pause * 1.5, LAST_POLL_MS)) {
      const execution = await this.#get(id);
      if (isOver(execution)) {
        this.#over.add(id);
        return execution;
      }
      if (signal?.aborted) await this.#stop(id, stopped(id));
      const started = execution.Status?.SubmissionDateTime?.getTime() ?? Date.now();
      if (Date.now() - started > queryTimeoutMs) await this.#stop(id, timedOut(id, queryTimeoutMs));
      if (deadline !== undefined && Date.now() + pause > deadline.getTime()) throw new StillRunning(this.#token());
      await sleep(pause, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    }
  }

  async #get(QueryExecutionId: string): Promise<QueryExecution> {
    const { QueryExecution } = await this.#options.athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    return QueryExecution ?? {};
  }

  async #stop(QueryExecutionId: string, reason: TributaryError): Promise<never> {
    await this.#options.athena.send(new StopQueryExecutionCommand({ QueryExecutionId }));
    throw reason;
  }
}

const keyOf = (sql: string, identity: string | undefined, attempt: number): string =>
  createHash('sha256')
    .update(`${identity}\n${attempt === 0 ? '' : `${attempt}\n`}${sql}`)
    .digest('hex');

const isOver = ({ Status }: QueryExecution): boolean =>
  ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(Status?.State ?? '');

/** Stops whatever a build had started and not yet ended, when its run is stopped between two calls. */
export const stopQueries = (athena: AthenaClient, token: string): Promise<void> =>
  stopAll(athena, Object.values(parseToken(token).queries));

/** Of an execution that has ended, nothing changes. */
async function stopAll(athena: AthenaClient, ids: readonly string[]): Promise<void> {
  for (const QueryExecutionId of ids) await athena.send(new StopQueryExecutionCommand({ QueryExecutionId }));
}

function requireShort(sql: string): void {
  const bytes = Buffer.byteLength(sql);
  if (bytes <= MAX_QUERY_BYTES) return;
  throw new TributaryError({
    code: 'query_too_long',
    message: `the query has ${bytes} bytes, and Athena takes ${MAX_QUERY_BYTES}`,
    advice: 'Split the model, or move long lists of values into a table.',
  });
}

function failureOf({ QueryExecutionId: where = '', Status }: QueryExecution): TributaryError {
  const reason = Status?.StateChangeReason ?? 'Athena gave no reason';
  if (Status?.State === 'FAILED') return new TributaryError({ code: 'query_failed', message: reason, where });
  if (/bytes scanned limit/i.test(reason)) {
    return new TributaryError({
      code: 'scan_limit_exceeded',
      message: 'the query would read more than its work group allows',
      where,
      advice: 'Narrow the model’s inputs, raise the work group’s limit, or build the model with another engine.',
    });
  }
  return new TributaryError({
    code: 'query_cancelled',
    message: `the query was cancelled from outside: ${reason}`,
    where,
    advice: 'Nothing was published and the version before goes on serving. Run again to build the model.',
  });
}

const stopped = (where: string): TributaryError =>
  new TributaryError({ code: 'run_stopped', message: 'the run was stopped, and its query with it', where });

const timedOut = (where: string, ms: number): TributaryError =>
  new TributaryError({
    code: 'query_timeout',
    message: `the query had not ended after ${Math.round(ms / 1000)} s and was stopped`,
    where,
    advice: 'It would take as long again: give it more time, or build the model with another engine.',
  });
