import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runModels } from '../../cli/commands/run.ts';
import { datasetOf } from '../../cli/datasets/index.ts';
import { SYNTHETIC_DEFAULTS } from '../../cli/datasets/synthetic/options.ts';
import { loadDataset } from '../../cli/load/load-dataset.ts';
import { loadPlatform } from '../../cli/platform.ts';
import { queryRows } from '../../cli/query/athena.ts';
import { compileProject } from '../../engine/compile/index.ts';
import type { Column } from '../../engine/model.ts';
import { freePort } from '../../localstack/ports.ts';
import { PROJECT_ROOT, STATE_DIR, stopStack } from '../../localstack/stack.ts';
import { bringUp } from '../../localstack/up.ts';
import { startTrino, type Trino } from './trino.ts';

/** Every table and view of the deployed platform says the same to Trino as to our own Athena endpoint. */
let trino: Trino;
let workgroup: string;
let directory: string;

/** Sums of doubles depend on the order of their addition. */
const RELATIVE_TOLERANCE = 1e-9;

const { models, sources } = await compileProject(PROJECT_ROOT);

/** Trino asks the store for every hour that a projected table may have: thousands, of which all but the last are empty. */
const sinceTheLoad = `where ingest_date >= '${new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)}'`;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'conformance-platform-'));
  const [port, athenaPort] = [await freePort(), await freePort()];
  const stateDir = join(directory, 'stack');
  const { stack } = await bringUp({
    port,
    athenaPort,
    stateDir,
    venv: join(STATE_DIR, 'venv'),
    onProgress: console.info,
  });
  const platform = await loadPlatform();
  workgroup = platform.workgroup;
  const dataset = datasetOf('complete-journey', SYNTHETIC_DEFAULTS, platform);
  await loadDataset(dataset, platform, () => {});
  const { succeeded } = await runModels(platform, { full: false, selected: null, asOf: dataset.asOf });
  expect(succeeded).toBe(true);
  const endpoint = stack.environment.AWS_ENDPOINT_URL ?? '';
  trino = await startTrino({ endpoint, directory: join(directory, 'trino'), onProgress: console.info });
});

afterAll(async () => {
  await trino?.stop();
  await stopStack(join(directory, 'stack'));
  await rm(directory, { recursive: true, force: true });
});

/** Aggregates that tell two versions of a column apart; none depends on the order of rows. */
function profile({ name, type }: Pick<Column, 'name' | 'type'>): readonly string[] {
  const column = `"${name}"`;
  const count = `count(${column})`;
  if (/^(tinyint|smallint|int|integer|bigint|decimal)/.test(type)) {
    return [count, `sum(cast(${column} as decimal(38, 6)))`, `min(${column})`, `max(${column})`];
  }
  if (/^(double|real)/.test(type)) return [count, `sum(${column})`, `min(${column})`, `max(${column})`];
  if (type === 'boolean') return [count, `count_if(${column})`];
  if (type.startsWith('array')) return [count, `sum(cardinality(${column}))`];
  const text = `cast(${column} as varchar)`;
  const hash = `from_base(substr(to_hex(md5(to_utf8(${text}))), 1, 8), 16)`;
  return [count, `min(${text})`, `max(${text})`, `sum(length(${text}))`, `sum(${hash})`];
}

async function expectSame(sql: string): Promise<void> {
  const [ours] = await queryRows(sql, { workgroup });
  const { rows } = await trino.query(sql);
  const theirs = rows[0] ?? [];
  for (const [index, [expression, value]] of Object.entries(ours ?? {}).entries()) {
    const other = theirs[index];
    if (typeof other === 'number' && !Number.isInteger(other)) {
      expect(Math.abs(Number(value) - other), expression).toBeLessThanOrEqual(Math.abs(other) * RELATIVE_TOLERANCE);
    } else {
      expect(value === null ? null : String(value), expression).toBe(other === null ? null : String(other));
    }
  }
}

describe('Trino and our Athena endpoint agree', () => {
  it.each(models.map(({ name, columns }) => ({ name, columns })))('on $name', async ({ name, columns }) => {
    const aggregates = columns.flatMap(profile).map((expression, index) => `${expression} as c${index}`);
    await expectSame(`select count(*) as n, ${aggregates.join(', ')} from ${name}`);
  });

  it.each(sources)('on $name', async ({ name, columns, partitionColumns }) => {
    const aggregates = [...columns, ...partitionColumns].map((column, index) => `count("${column.name}") as c${index}`);
    await expectSame(`select count(*) as n, ${aggregates.join(', ')} from ${name} ${sinceTheLoad}`);
  });

  it('on tables with rows in them', async () => {
    const { rows } = await trino.query('select count(*), sum(quantity) from awsdatacatalog.gold.fact_sale');
    expect(Number(rows[0]?.[0])).toBeGreaterThan(1_400_000);
  });
});
