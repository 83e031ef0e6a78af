// What a build costs in Spark, with the job as a process of its own:
//   node bench/spark.ts [millions of lines]
// The latest version of each of so many generated order lines, by month and sorted by time, from Parquet to Parquet in
// the emulator's S3, and a query of nothing, which is what starting costs. Spark's start here says nothing of Glue's.
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { EngineAdapter, InputTable, NewFile, WriteRequest } from '../engine/adapters/adapter.ts';
import { addContents, EMPTY_CONTENT } from '../engine/adapters/content.ts';
import { duckDbAdapter } from '../engine/adapters/duckdb/adapter.ts';
import { sparkAdapter } from '../engine/adapters/spark/adapter.ts';
import { toSpark } from '../engine/dialect/index.ts';
import { freePort } from '../localstack/ports.ts';
import { STATE_DIR, startStack, stopStack } from '../localstack/stack.ts';
import { asProcess, glueJobs } from '../test/conformance/glue-jobs.ts';
import { PeakMemory } from './peak-memory.ts';

const BUCKET = 'bench';
const AS_OF = '2026-01-01';
const DRIVER_MEMORY = '2g';
const MEGABYTE = 1_000_000;

const COLUMNS = [
  { id: 1, name: 'order_line_id', type: 'varchar' },
  { id: 2, name: 'customer_id', type: 'varchar' },
  { id: 3, name: 'product_id', type: 'varchar' },
  { id: 4, name: 'store_id', type: 'varchar' },
  { id: 5, name: 'quantity', type: 'integer' },
  { id: 6, name: 'unit_price', type: 'decimal(18,4)' },
  { id: 7, name: 'total_amount', type: 'decimal(18,2)' },
  { id: 8, name: 'channel', type: 'varchar' },
  { id: 9, name: 'transaction_at', type: 'timestamp(6)' },
  { id: 10, name: 'updated_at', type: 'timestamp(6)' },
];

/** Every twentieth line comes in two versions. */
const generated = (lines: number): string => `
  select 'line-' || (i // 20 * 19 + least(i % 20, 18)) as order_line_id, 'c' || hash(i // 3) % 250000 as customer_id,
    'p' || hash(i) % 20000 as product_id, 's' || hash(i // 3) % 400 as store_id, 1 + i % 7 as quantity,
    (hash(i) % 100000) / 1000.0 as unit_price, 0 as total_amount,
    ['online', 'in_store', 'app'][1 + i % 3] as channel,
    timestamp '2025-01-01' + to_seconds((hash(i // 20 * 19 + least(i % 20, 18)) % 31536000)::bigint) as transaction_at,
    timestamp '2026-01-01' + to_seconds(i) as updated_at
  from range(${lines}) as lines (i)`;

const LATEST = `
  select order_line_id, customer_id, product_id, store_id, quantity, unit_price,
    round(quantity * unit_price, 2) as total_amount, channel, transaction_at, updated_at
  from (select *, row_number() over (partition by order_line_id order by updated_at desc) as version
    from bronze.lines) as versions
  where version = 1`;

async function main(): Promise<void> {
  const lines = Number(process.argv[2] ?? 10) * 1_000_000;
  const directory = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
  const stateDir = join(directory, 'stack');
  try {
    const [port, athenaPort] = [await freePort(), await freePort()];
    const { endpoint } = await startStack({ port, athenaPort, stateDir, venv: join(STATE_DIR, 'venv') });
    await compare(lines, endpoint, directory);
  } finally {
    await stopStack(stateDir);
    await rm(directory, { recursive: true, force: true });
  }
}

async function compare(lines: number, endpoint: string, directory: string): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const layout = { asOf: AS_OF, columns: COLUMNS, sortBy: [] };
  const duckDb = duckDbAdapter({ s3, directory: join(directory, 'duckdb'), memoryLimit: '1500MB' });
  const given = await duckDb.write({
    ...{ ...layout, sql: generated(lines), inputs: [], destination: `s3://${BUCKET}/bronze/data` },
    partitionBy: [{ column: 'updated_at', transform: 'day' }],
  });
  console.log(`${lines} lines in ${given.length} files of ${megabytes(given)} MB`);
  const input: InputTable = {
    ...{ name: 'bronze.lines', format: 'parquet', columns: COLUMNS },
    files: given.map(({ path, bytes }) => ({ uri: path, bytes })),
  };
  const sql = toSpark(LATEST, { tables: { 'bronze.lines': COLUMNS } });
  const request: WriteRequest = {
    ...{ ...layout, sql, inputs: [input], destination: `s3://${BUCKET}/silver/data` },
    partitionBy: [{ column: 'transaction_at', transform: 'month' }],
    sortBy: ['transaction_at'],
  };
  const run = asProcess({ endpoint, directory, driverMemory: DRIVER_MEMORY });
  const spark = sparkAdapter({ glue: glueJobs(run), s3, jobName: 'job', location: `s3://${BUCKET}/staging` });
  await measured('Spark, nothing', async () => {
    await spark.query({ sql: 'select 1 as n', inputs: [], asOf: AS_OF });
    return undefined;
  });
  await measured('Spark, build', () => write(spark, request));
  await spark.close();
}

async function write(adapter: EngineAdapter, request: WriteRequest): Promise<string> {
  const files = await adapter.write(request);
  const [rows] = files
    .map(({ content }) => content)
    .reduce(addContents, EMPTY_CONTENT)
    .split('-');
  return `${rows} rows in ${files.length} files of ${megabytes(files)} MB`;
}

const megabytes = (files: readonly Pick<NewFile, 'bytes'>[]): string =>
  (files.reduce((sum, { bytes }) => sum + bytes, 0) / MEGABYTE).toFixed(0);

/** Wall time, processor time and highest resident memory of Spark's Java. */
async function measured(what: string, work: () => Promise<string | undefined>): Promise<void> {
  const memory = new PeakMemory(new Map([[process.pid, 'node']]));
  const java = new ProcessorTime('java');
  const start = performance.now();
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  const figures = [`${seconds.toFixed(1)} s`, `${java.stop().toFixed(1)} s of processor`];
  const bytes = (await memory.stop()).get('java') ?? 0;
  console.log(`${what}: ${figures.join(', ')}, ${(bytes / MEGABYTE).toFixed(0)} MB; ${result ?? ''}`);
}

/** Processor time of the processes of this session that bear a name (Linux only), as seen until they end. */
class ProcessorTime {
  readonly #seconds = new Map<string, number>();
  readonly #name: string;
  readonly #timer: NodeJS.Timeout;

  constructor(name: string) {
    this.#name = name;
    this.#timer = setInterval(() => this.#sample(), 200);
  }

  stop(): number {
    clearInterval(this.#timer);
    return [...this.#seconds.values()].reduce((sum, seconds) => sum + seconds, 0);
  }

  #sample(): void {
    const session = fieldsOf('self')[SESSION];
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const fields = fieldsOf(pid);
      if (fields[COMMAND] !== `(${this.#name})` || fields[SESSION] !== session) continue;
      const ticks = Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS]);
      this.#seconds.set(pid, ticks / TICKS_PER_SECOND);
    }
  }
}

/** Fields of /proc/<pid>/stat. */
const [COMMAND, SESSION, USER_TICKS, SYSTEM_TICKS] = [1, 5, 13, 14];
const TICKS_PER_SECOND = 100;

function fieldsOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
  } catch {
    return [];
  }
}

await main();
