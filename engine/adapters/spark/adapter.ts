import { createHash, randomUUID } from 'node:crypto';
import type { GlueClient } from '@aws-sdk/client-glue';
import type { S3Client } from '@aws-sdk/client-s3';
import { s3FileIo } from '../../iceberg/index.ts';
import type { NewFile, QueryRequest, ResultRow, WriteRequest } from '../adapter.ts';
import { objectsBelow } from '../objects-below.ts';
import type { RemoteAdapter, RemoteBuild } from '../remote.ts';
import { type Answer, failureOf, invalidAnswer, readAnswer } from './answer.ts';
import { jobRequest, jobTarget } from './job-request.ts';
import { type JobRunOptions, JobRuns, stopRuns } from './job-runs.ts';
import { newFiles } from './new-files.ts';
import { parseToken, type StartedRun, writeToken } from './token.ts';

export interface SparkAdapterOptions extends JobRunOptions, Partial<Pick<RemoteBuild, 'token'>> {
  readonly s3: S3Client;
  /** Where requests and answers lie while a build goes on: `s3://bucket/prefix`, without a trailing slash. */
  readonly location: string;
}

/**
 * Runs models in Spark, as runs of a Glue job. Each query is a request in S3 that the job reads and an answer that it
 * leaves beside it; what it writes belongs to nobody until it is published. Throws what `JobRuns` throws, the codes of
 * the job's answers (`query_failed`, `schema_mismatch`, `object_missing`, `result_too_large`), `answer_missing`,
 * `answer_invalid` and `engine_unsupported`.
 *
 * The job: Glue 5.0, `glueetl`, script `glue/run_request.py`, no default arguments of its own needed, `MaxRetries` 0
 * (what failed would fail again), a `Timeout` in minutes, as many concurrent runs as builds at a time. Its role reads
 * all data buckets, writes and deletes below the tables' data folders and `location`. The caller needs
 * `glue:StartJobRun`, `GetJobRun` and `BatchStopJobRun` on the job, and reads and deletes what the job may write.
 */
export function sparkAdapter(options: SparkAdapterOptions): RemoteAdapter {
  const build = new SparkBuild(options);
  return {
    engine: 'spark',
    query: (request) => build.query(request),
    write: (request) => build.write(request),
    close: () => build.close(),
  };
}

/** Stops whatever a build had started and not yet ended, when its run is stopped between two calls. */
export const stopJobRuns = (glue: GlueClient, jobName: string, token: string): Promise<void> =>
  stopRuns(
    glue,
    jobName,
    Object.values(parseToken(token)).map(({ run }) => run),
  );

interface Answered {
  readonly answer: Exclude<Answer, { readonly error: unknown }>;
  /** Name of the folder in which the files lie, too. */
  readonly folder: string;
}

class SparkBuild {
  readonly #options: SparkAdapterOptions;
  readonly #runs: JobRuns;
  /** By what they do, earlier calls' included. */
  readonly #started: Map<string, StartedRun>;
  readonly #ended = new Set<string>();
  /** Folders that this call has written to, and the files in them that it has taken over. */
  readonly #written = new Map<string, ReadonlySet<string>>();

  constructor(options: SparkAdapterOptions) {
    this.#options = options;
    this.#started = new Map(Object.entries(parseToken(options.token)));
    this.#runs = new JobRuns(options, () => writeToken(Object.fromEntries(this.#started)));
  }

  async query(request: QueryRequest): Promise<readonly ResultRow[]> {
    const { answer } = await this.#ask(request);
    if ('rows' in answer) return answer.rows;
    throw invalidAnswer('it holds no rows');
  }

  async write(request: WriteRequest): Promise<readonly NewFile[]> {
    const { answer, folder } = await this.#ask(request, request);
    if (!('files' in answer)) throw invalidAnswer('it names no files');
    const files = await newFiles(this.#options.s3, request, answer.files);
    this.#written.set(`${request.destination}/${folder}`, new Set(files.map(({ path }) => path)));
    return files;
  }

  async close(): Promise<void> {
    const started = [...this.#started.values()];
    await this.#runs.stop(started.map(({ run }) => run).filter((run) => !this.#ended.has(run)));
    for (const { folder } of started) await this.#clear(`${this.#options.location}/${folder}`);
    // What earlier calls wrote and this one did not ask for stays: they may have published it.
    for (const [folder, adopted] of this.#written) await this.#clear(folder, adopted);
  }

  async #clear(folder: string, adopted: ReadonlySet<string> = new Set()): Promise<void> {
    const { s3 } = this.#options;
    const objects = await objectsBelow(s3, folder);
    await s3FileIo(s3).delete(objects.filter((uri) => !adopted.has(uri)));
  }

  /** The job's answer to a request, which is started unless an earlier call has. */
  async #ask(request: QueryRequest, target?: WriteRequest): Promise<Answered> {
    const key = createHash('sha256').update(JSON.stringify(request)).digest('hex');
    const { run, folder } = this.#started.get(key) ?? (await this.#start(key, request, target));
    if (target !== undefined) this.#written.set(`${target.destination}/${folder}`, new Set());
    const ended = await this.#runs.ended(run);
    this.#ended.add(run);
    const answer = await readAnswer(this.#options.s3, this.#placeOf(folder).answer, ended);
    if ('error' in answer) throw failureOf(answer.error, run);
    return { answer, folder };
  }

  async #start(key: string, request: QueryRequest, target: WriteRequest | undefined): Promise<StartedRun> {
    const { s3, remember } = this.#options;
    const folder = randomUUID();
    const place = this.#placeOf(folder);
    const write = target && jobTarget(target, `${target.destination}/${folder}`);
    const content = await jobRequest(s3, request, { answer: place.answer, ...(write && { write }) });
    await s3FileIo(s3).write(place.request, JSON.stringify(content));
    const run = await this.#runs.start(place.request).catch(async (error: unknown) => {
      await s3FileIo(s3).delete([place.request]);
      throw error;
    });
    this.#started.set(key, { run, folder });
    await remember?.(writeToken(Object.fromEntries(this.#started)));
    return { run, folder };
  }

  #placeOf(folder: string) {
    const place = `${this.#options.location}/${folder}`;
    return { request: `${place}/request.json`, answer: `${place}/answer.json` };
  }
}
