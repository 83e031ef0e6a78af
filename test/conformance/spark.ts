import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TributaryError } from '../../common/errors.ts';
import { parseExactJson } from '../../engine/iceberg/exact-json.ts';
import { tail } from '../../localstack/command.ts';
import { LOOPBACK } from '../../localstack/ports.ts';
import { sendSignal } from '../../localstack/signal.ts';
import { findJava } from './java.ts';
import { ensureSpark, type InstalledSpark } from './spark-install.ts';

/**
 * Rows of a statement, with Athena's names of types. Values are as in Trino's protocol: decimals, dates and times as
 * text, integers beyond 2^53 as bigints, `NaN` and `Infinity` as text, bytes in base 64, rows as lists, maps as objects.
 */
export interface SparkResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  /** Rows that were read from files, after whole files were skipped. */
  readonly processedRows: number;
}

export interface SparkView {
  readonly name: string;
  readonly format: 'parquet' | 'json';
  /** Columns in Spark's own spelling: `id bigint, sold_at timestamp_ntz`. */
  readonly schema: string;
  /** Paths or `s3://` addresses; none give a view without rows. */
  readonly files: readonly string[];
  /** Options of Spark's reader. */
  readonly options?: Readonly<Record<string, string>>;
}

export interface PythonCall {
  /** Absolute path of a Python file. */
  readonly file: string;
  /** Called as `function(session, argument)`. */
  readonly function: string;
  /** Anything that JSON can say. */
  readonly argument: unknown;
}

/** A Spark session in a process of its own. Requests are answered one after the other; a failure throws `SparkError`. */
export interface Spark {
  query(sql: string): Promise<SparkResult>;
  /** Makes a temporary view over files. */
  bind(view: SparkView): Promise<void>;
  /** Calls a Python function within the session's process and gives what it returns. */
  call(call: PythonCall): Promise<unknown>;
  stop(): Promise<void>;
}

export interface SparkOptions {
  /** Where S3 and Glue answer; without one there is neither `s3://` nor the Iceberg catalog `glue`. */
  readonly endpoint?: string;
  /** For temporary files and the log; removed on stop. */
  readonly directory: string;
  /** More settings of the session. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onProgress?: (message: string) => void;
}

/** What Spark says of a statement that it cannot run. */
export class SparkError extends Error {
  /** Spark's error class, such as `DIVIDE_BY_ZERO`; the name of the exception where it has none. */
  readonly errorClass: string;

  constructor(errorClass: string, message: string) {
    super(message);
    this.name = 'SparkError';
    this.errorClass = errorClass;
  }
}

/** Starts Spark, installing it on first use. Throws `no_java`, what `ensureSpark` throws, and `not_ready`. */
export async function startSpark(options: SparkOptions): Promise<Spark> {
  const { directory, onProgress = () => {} } = options;
  const javaHome = await findJava({ program: 'Spark', oldest: 17, newest: 17 });
  const installed = await ensureSpark(onProgress);
  await mkdir(directory, { recursive: true });
  const logFile = join(directory, 'spark.log');
  onProgress('starting Spark');
  const script = join(import.meta.dirname, 'spark_session.py');
  const child = spawn(installed.python, [script, JSON.stringify(settingsOf(options, installed))], {
    cwd: directory,
    env: environmentOf(javaHome, options.endpoint),
    // A process group of its own, so that stopping it leaves no Java behind.
    detached: true,
  });
  child.stderr.pipe(createWriteStream(logFile));
  const session = new Session(child, logFile);
  const stop = async (): Promise<void> => {
    await session.end();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await session.ask('query', { sql: 'select 1' });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    query: async (sql) => (await session.ask('query', { sql })) as SparkResult,
    bind: async (view) => {
      await session.ask('bind', view);
    },
    call: (call) => session.ask('call', call),
    stop,
  };
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly errorClass: string; readonly message: string };
}

/** Requests and answers over the process's standard input and output. */
class Session {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  #requests = 0;

  constructor(child: ChildProcessWithoutNullStreams, logFile: string) {
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => this.#answer(parseExactJson(line) as Answer));
    // Its end is told by the event below.
    child.stdin.on('error', () => {});
    this.#ended = new Promise((resolve) => {
      child.once('error', () => resolve()).once('close', () => resolve());
    });
    this.#ended.then(() => this.#abandon(logFile));
  }

  ask(operation: string, request: object): Promise<unknown> {
    this.#requests += 1;
    const id = this.#requests;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin.write(`${JSON.stringify({ ...request, id, operation })}\n`);
    });
  }

  async end(): Promise<void> {
    if (this.#child.pid !== undefined) sendSignal(-this.#child.pid, 'SIGKILL');
    await this.#ended;
  }

  #answer({ id, result, error }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new SparkError(error.errorClass, error.message));
  }

  async #abandon(logFile: string): Promise<void> {
    const log = tail(await readFile(logFile, 'utf8').catch(() => ''));
    for (const { reject } of this.#waiting.values()) {
      reject(new TributaryError({ code: 'not_ready', message: `Spark has ended:\n${log}`, where: logFile }));
    }
    this.#waiting.clear();
  }
}

function environmentOf(javaHome: string, endpoint: string | undefined): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return {
    PATH: `${join(javaHome, 'bin')}:${PATH}`,
    HOME,
    JAVA_HOME: javaHome,
    SPARK_LOCAL_IP: LOOPBACK,
    // Python shows instants in the zone of its process.
    TZ: 'UTC',
    PYTHONUTF8: '1',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    ...(endpoint === undefined ? {} : { AWS_ENDPOINT_URL: endpoint }),
  };
}

function settingsOf({ endpoint, directory, settings }: SparkOptions, { jars }: InstalledSpark): Record<string, string> {
  return {
    'spark.master': 'local[2]',
    'spark.driver.memory': '1500m',
    'spark.driver.host': LOOPBACK,
    'spark.driver.bindAddress': LOOPBACK,
    'spark.driver.extraJavaOptions': `-Duser.timezone=UTC -Djava.io.tmpdir=${directory}`,
    'spark.local.dir': directory,
    'spark.jars': jars.join(','),
    'spark.ui.enabled': 'false',
    // So that a plan is what was run, with its metrics.
    'spark.sql.adaptive.enabled': 'false',
    'spark.sql.ansi.enabled': 'true',
    'spark.sql.catalogImplementation': 'in-memory',
    'spark.sql.session.timeZone': 'UTC',
    'spark.sql.shuffle.partitions': '2',
    'spark.sql.timestampType': 'TIMESTAMP_NTZ',
    'spark.sql.warehouse.dir': join(directory, 'warehouse'),
    ...(endpoint === undefined ? {} : storesAt(endpoint)),
    ...settings,
  };
}

const storesAt = (endpoint: string): Record<string, string> => ({
  'spark.hadoop.fs.s3.impl': 'org.apache.hadoop.fs.s3a.S3AFileSystem',
  'spark.hadoop.fs.s3a.endpoint': endpoint,
  'spark.hadoop.fs.s3a.endpoint.region': 'us-east-1',
  'spark.hadoop.fs.s3a.path.style.access': 'true',
  'spark.hadoop.fs.s3a.access.key': 'test',
  'spark.hadoop.fs.s3a.secret.key': 'test',
  'spark.hadoop.fs.s3a.connection.ssl.enabled': 'false',
  'spark.sql.extensions': 'org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
  'spark.sql.catalog.glue': 'org.apache.iceberg.spark.SparkCatalog',
  'spark.sql.catalog.glue.catalog-impl': 'org.apache.iceberg.aws.glue.GlueCatalog',
  'spark.sql.catalog.glue.io-impl': 'org.apache.iceberg.aws.s3.S3FileIO',
  'spark.sql.catalog.glue.warehouse': 's3://conformance/warehouse',
  // Others publish between its queries.
  'spark.sql.catalog.glue.cache-enabled': 'false',
  'spark.sql.catalog.glue.glue.endpoint': endpoint,
  'spark.sql.catalog.glue.s3.endpoint': endpoint,
  'spark.sql.catalog.glue.s3.path-style-access': 'true',
  'spark.sql.catalog.glue.client.region': 'us-east-1',
});
