// What one changed day in a year costs, against a full build of the same tables:
//   node bench/incremental.ts [lines] [rounds]
// Order lines of 365 days lie in a local S3 server, one bronze object per day. Each round builds the tables from
// nothing (and for comparison as tables of kind `table`, which know nothing of partitions), then has one day of them sent again with corrected amounts and builds once more: in the same process, and on
// a machine that has no copies of any object. All of it is the build path of `build-model`: listing, fingerprints,
// write, audit, Iceberg commit, record.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { duckDbAdapter } from '../engine/adapters/duckdb/adapter.ts';
import { type BuildDeps, buildModel } from '../engine/build/index.ts';
import { compileModels, type ModelFile } from '../engine/compile/index.ts';
import { sourceTable } from '../engine/compile/sources.ts';
import { s3FileIo } from '../engine/iceberg/index.ts';
import { s3FileListing } from '../engine/iceberg/s3-file-listing.ts';
import type { Manifest } from '../engine/manifest.ts';
import { posTransactions } from '../events/contracts/pos-transactions.ts';
import { bronzeTable } from '../events/contracts/tables.ts';
import { memoryLake } from '../test/fixtures/memory-lake.ts';
import { type S3Server, startS3Server } from '../test/fixtures/s3-server.ts';
import { soloDeps } from './solo-deps.ts';

const DAYS = 365;
const FIRST_DAY = '2025-01-01';
const THREADS = 2;
const COLUMNS = `
  - {name: transaction_id, type: varchar, description: Basket, checks: [not_null]}
  - {name: line_number, type: integer, description: Line, checks: [not_null]}
  - {name: store_id, type: varchar, description: Store, checks: [not_null]}
  - {name: customer_id, type: varchar, description: Customer}
  - {name: product_id, type: varchar, description: Product, checks: [not_null]}
  - {name: quantity, type: integer, description: Units, checks: [{range: {min: -1000, max: 1000}}]}
  - {name: unit_price, type: 'decimal(18,4)', description: Price, checks: [{range: {min: 0}}]}
  - {name: discount_amount, type: 'decimal(18,2)', description: Discount}
  - {name: total_amount, type: 'decimal(18,2)', description: Amount, checks: [not_null]}
  - {name: currency, type: varchar, description: Currency, checks: [not_null]}
  - {name: channel, type: varchar, description: Channel, checks: [{accepted_values: {values: [online, in_store, app]}}]}
  - {name: transaction_at, type: timestamp, description: Time of the sale, checks: [not_null]}
  - {name: updated_at, type: timestamp, description: Time of this version}`;

const FIELDS = `transaction_id, line_number, store_id, customer_id, product_id, quantity, unit_price,
  coalesce(discount_amount, decimal '0.00') as discount_amount, total_amount, upper(trim(currency)) as currency, channel,
  transaction_at, updated_at`;

const header = (name: string, kind: string, rest: string): string =>
  `/*\ndescription: ${name}\nowner: bench\ngrain: one row per line\nkind: ${kind}\n${rest}\n*/\n`;

const MODELS: readonly ModelFile[] = [
  {
    path: 'sql/silver/lines.sql',
    text: `${header(
      'Lines, the last version of each',
      'partitioned',
      `partition_by: [{column: transaction_at, transform: day}]
partitions_from: {bronze.pos_transactions: {column: transaction_at, key: [transaction_id, line_number]}}
sort_by: [transaction_at]
columns:${COLUMNS}
checks:
  - unique: {columns: [transaction_id, line_number]}
  - row_count: {min: 1}`,
    )}with versions as (
  select ${FIELDS},
    row_number() over (
      partition by transaction_id, line_number
      order by updated_at desc, _ingested_at desc, _origin desc, _position desc
    ) as recency
  from bronze.pos_transactions
)
select transaction_id, line_number, store_id, customer_id, product_id, quantity, unit_price, discount_amount, total_amount,
  currency, channel, transaction_at, updated_at
from versions where recency = 1`,
  },
  {
    path: 'sql/gold/star/sales_by_day.sql',
    text: `${header(
      'Sales by day and store',
      'partitioned',
      `partition_by: [{column: sales_date, transform: month}]
partitions_from: {silver.lines: transaction_at}
columns:
  - {name: sales_date, type: date, description: Day, checks: [not_null]}
  - {name: store_id, type: varchar, description: Store, checks: [not_null]}
  - {name: lines, type: bigint, description: Lines}
  - {name: revenue, type: 'decimal(38,2)', description: Amount}`,
    )}select cast(transaction_at as date) as sales_date, store_id, count(*) as lines, sum(total_amount) as revenue
from silver.lines group by cast(transaction_at as date), store_id`,
  },
];

async function main(): Promise<void> {
  const lines = Number(process.argv[2] ?? 1_000_000);
  const rounds = Number(process.argv[3] ?? 3);
  const manifest = compileModels(MODELS, [sourceTable(bronzeTable(posTransactions))]);
  const server = await startS3Server();
  const folder = await mkdtemp(join(tmpdir(), 'tributary-incremental-'));
  await year(server, folder, lines);
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) measured.push(await measure(manifest, server, folder, lines, round));
  report(measured, lines);
  await server.close();
  await rm(folder, { recursive: true });
}

/** The same models, always built whole. */
const plainly = (manifest: Manifest): Manifest => ({
  ...manifest,
  models: manifest.models.map((model) => ({ ...model, kind: 'table' as const, partitionsFrom: [] })),
});

interface Cost {
  readonly seconds: number;
  readonly processor: number;
}

type Side = 'table' | 'full' | 'warm' | 'cold' | 'unchanged';
type Round = Readonly<Record<Side, Cost>>;

async function measure(
  manifest: Manifest,
  server: S3Server,
  folder: string,
  lines: number,
  round: number,
): Promise<Round> {
  const lake = memoryLake();
  const on = (machine: string): BuildDeps => deps(manifest, server, lake.catalog, join(folder, machine));
  const here = on(`round-${round}`);
  const plain = deps(plainly(manifest), server, memoryLake().catalog, join(folder, `round-${round}-table`));
  const table = await timed(() => build(plain, manifest, 'table'));
  const full = await timed(() => build(here, manifest, 'full'));
  await sendAgain(server, folder, lines, 100 + round, 1);
  const warm = await timed(() => build(here, manifest, 'warm'));
  const unchanged = await timed(() => build(here, manifest, 'unchanged'));
  await sendAgain(server, folder, lines, 200 + round, 2);
  const elsewhere = on(`round-${round}-cold`);
  const cold = await timed(() => build(elsewhere, manifest, 'cold'));
  for (const path of server.objects.keys()) {
    if (!path.startsWith('bronze/') || path.includes('/again-')) server.objects.delete(path);
  }
  return { table, full, warm, cold, unchanged };
}

async function build(on: BuildDeps, manifest: Manifest, side: Side): Promise<void> {
  const runId = `2026-01-01T00-00-00Z-${side}`;
  for (const { name } of manifest.models) {
    const record = await buildModel(on, {
      runId,
      asOf: '2026-01-01',
      full: false,
      audit: false,
      selected: null,
      allowBreaking: false,
      engine: null,
      model: name,
    });
    const expected = side === 'unchanged' ? 'skipped' : 'built';
    if (record.status !== expected) throw new Error(`${name} was ${record.status}: ${record.reason}`);
    if ((side === 'warm' || side === 'cold') && !record.reason.includes('rebuilds')) throw new Error(record.reason);
  }
}

async function timed(work: () => Promise<void>): Promise<Cost> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1000, processor: (user + system) / 1e6 };
}

/** Bronze objects of a year, one per day. */
async function year(server: S3Server, folder: string, lines: number): Promise<void> {
  for (let day = 0; day < DAYS; day += 1) await put(server, folder, day, linesOf(day, lines, 0), `day-${day}`);
}

const sendAgain = (server: S3Server, folder: string, lines: number, day: number, version: number): Promise<void> =>
  put(server, folder, day, linesOf(day, lines, version), `again-${day}`);

async function put(server: S3Server, folder: string, day: number, select: string, name: string): Promise<void> {
  const file = join(folder, 'object.parquet');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`copy (${select}) to '${file}' (format parquet, compression zstd)`);
  connection.closeSync();
  const date = new Date(Date.parse(FIRST_DAY) + day * 86_400_000).toISOString().slice(0, 10);
  const path = `bronze/pos_transactions/ingest_date=${date}/ingest_hour=03/${name}.parquet`;
  server.objects.set(path, await readFile(file));
}

/** The lines of one day in columns of bronze, baskets of four lines. */
function linesOf(day: number, lines: number, version: number): string {
  const count = Math.ceil(lines / DAYS);
  const moment = `timestamp '${FIRST_DAY} 00:00:00' + to_seconds(${day} * 86400 + (n * 31) % 86400)`;
  return `select 't-' || lpad((${day * count} // 4 + n // 4)::varchar, 10, '0') as transaction_id,
    (1 + n % 4)::integer as line_number, 'store-' || (n % 50) as store_id, 'c-' || (hash(n, ${day}) % 100000) as customer_id,
    'p-' || (hash(${day}, n) % 5000) as product_id, (1 + n % 9)::integer as quantity,
    (1 + n % 89)::decimal(18,4) as unit_price, 0::decimal(18,2) as discount_amount,
    ((1 + n % 9) * (1 + n % 89) + ${version})::decimal(18,2) as total_amount, 'GBP' as currency,
    case when n % 3 = 0 then 'in_store' else 'online' end as channel, ${moment} as transaction_at,
    ${moment} + to_hours(${version}) as updated_at, ${moment} + to_hours(${version + 1}) as _ingested_at,
    'landing/${day}-${version}' as _origin, n::varchar as _position
    from range(${count}) as lines(n)`;
}

function deps(
  manifest: Manifest,
  { s3, objects, etag }: S3Server,
  catalog: BuildDeps['catalog'],
  directory: string,
): BuildDeps {
  // S3 knows the ETags of its objects; here they would be computed at each listing.
  const etags = new Map<Buffer, string>();
  const etagOf = (path: string, body: Buffer): string => {
    const known = etags.get(body) ?? etag(path);
    etags.set(body, known);
    return known;
  };
  return {
    manifest,
    catalog,
    io: s3FileIo(s3),
    listing: s3FileListing(s3),
    views: { get: async () => undefined, put: async () => {} },
    sources: {
      list: async ({ prefix }) =>
        [...objects]
          .filter(([path]) => path.startsWith(`bronze/${prefix}/`))
          .map(([path, body]) => ({ uri: `s3://${path}`, bytes: body.length, etag: etagOf(path, body) })),
    },
    adapters: { duckdb: duckDbAdapter({ s3, directory, threads: THREADS, memoryLimit: '1GB' }) },
    ...soloDeps(),
  };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const LABELS: Readonly<Record<Side, string>> = {
  table: 'full build, kind `table`',
  full: 'full build, kind `partitioned`',
  warm: 'one changed day, objects at hand',
  cold: 'one changed day, machine without copies',
  unchanged: 'nothing changed',
};

function report(rounds: readonly Round[], lines: number): void {
  console.log(`${lines.toLocaleString('en')} lines in ${DAYS} days, medians of ${rounds.length} rounds\n`);
  console.log(
    '| build | seconds | processor seconds | faster than `table` | than `partitioned` |\n| --- | ---: | ---: | ---: | ---: |',
  );
  for (const [side, label] of Object.entries(LABELS) as [Side, string][]) {
    const seconds = median(rounds.map((round) => round[side].seconds)).toFixed(2);
    const processor = median(rounds.map((round) => round[side].processor)).toFixed(2);
    const ratio = (base: 'table' | 'full') =>
      median(rounds.map((round) => round[base].seconds / round[side].seconds)).toFixed(1);
    console.log(`| ${label} | ${seconds} | ${processor} | ${ratio('table')} × | ${ratio('full')} × |`);
  }
}

await main();
