import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileProject } from '../../../engine/compile/index.ts';
import { parseType } from '../../../engine/sql-type.ts';
import type { Contract } from '../../../events/contracts/contract.ts';
import { contractOf } from '../../../events/contracts/index.ts';
import { type Cell, Lake, type LakeColumn, type Row } from './lake.ts';

const manifest = await compileProject(join(import.meta.dirname, '../../..'));
const silver = manifest.models.filter(({ layer }) => layer === 'silver');
const AS_OF = '2018-01-01';

let lake: Lake;
beforeAll(async () => {
  lake = await Lake.open(manifest);
  await lake.asOf(AS_OF);
  for (const { name } of manifest.sources) await lake.fill(name, []);
  await lake.buildAll();
});
afterAll(() => lake.close());

/** Few values of each type, so that keys, versions and times of arrival collide often. */
function cellOf({ name, type }: LakeColumn): fc.Arbitrary<Cell> {
  const { kind } = parseType(type);
  switch (kind) {
    case 'date':
      return fc.constantFrom('2017-03-01', '2017-04-01');
    case 'timestamp':
      return fc.constantFrom('2017-03-01 10:00:00', '2017-03-01 10:00:00.000001', '2017-11-30 23:59:59');
    case 'varchar':
      return name.endsWith('_currency') ? fc.constantFrom('GBP', 'USD') : fc.constantFrom(`${name} a`, `${name} b`);
    case 'boolean':
      return fc.boolean();
    default:
      return fc.constantFrom(-2, -1, 1, 2, 3);
  }
}

/** Bronze rows of a source as ingestion writes them: allowed values, required fields present, positions unique. */
function bronzeRows(table: string): fc.Arbitrary<readonly Row[]> {
  const contract = contractOf(table.replace('bronze.', ''));
  if (contract === undefined) throw new Error(`${table} has no contract`);
  const cells = Object.fromEntries(
    lake.columnsOf(table).map((column): [string, fc.Arbitrary<Cell>] => {
      const field = contract.fields[column.name];
      const value = field?.values === undefined ? cellOf(column) : fc.constantFrom(...field.values);
      return [column.name, field === undefined || field.required ? value : fc.option(value)];
    }),
  );
  return fc
    .array(fc.record<Row>(cells), { maxLength: 12 })
    .map((rows) => rows.map((row, index) => ({ ...accepted(row, contract), _position: String(index + 1) })));
}

/** Numbers are negative, or beyond a bound, only where the contract lets them be; amounts are in base currency. */
function accepted(row: Row, { fields }: Contract): Row {
  const cells = Object.entries(row).map(([name, cell]): [string, Cell] => {
    const { boundsWhere: where, max = Number.POSITIVE_INFINITY } = fields[name] ?? {};
    const mayBeNegative = where?.values.includes(String(row[where.field])) ?? false;
    if (name === 'currency') return [name, 'GBP'];
    return [name, typeof cell === 'number' && !mayBeNegative ? Math.min(Math.abs(cell), max) : cell];
  });
  return Object.fromEntries(cells);
}

describe.each(silver)('$name', (model) => {
  it('does not change with the order of bronze rows or with repeated deliveries', async () => {
    const [table = ''] = model.inputs;
    const delivered = bronzeRows(table).chain((rows) =>
      fc.record({
        rows: fc.constant(rows),
        again: fc.shuffledSubarray([...rows, ...rows], { minLength: rows.length }).map((more) => [...more, ...rows]),
      }),
    );
    await fc.assert(
      fc.asyncProperty(delivered, async ({ rows, again }) => {
        await lake.fill(table, rows);
        await lake.build(model);
        const once = await lake.rows(model.name);
        await lake.fill(table, again);
        await lake.build(model);
        expect(await lake.rows(model.name)).toEqual(once);
      }),
      { numRuns: 20 },
    );
  });
});

describe('all models', () => {
  const names = manifest.sources.map(({ name }) => name);
  const sources = names.filter((name) => contractOf(name.replace('bronze.', '')) !== undefined);
  const ledgers = names.filter((name) => !sources.includes(name));

  async function fillLedgers(): Promise<void> {
    for (const name of ledgers) await lake.fill(name, []);
  }

  /** Checks that stop a publication and that the tables as built fail. */
  async function failedChecks(): Promise<readonly string[]> {
    const failed: string[] = [];
    for (const model of manifest.models) {
      const failures = await lake.audit(model);
      const stopping = model.audit.checks.filter(({ action }) => action === 'abort');
      failed.push(...stopping.filter(({ id }) => failures[id] !== 0).map(({ id }) => `${model.name}: ${id}`));
    }
    return failed;
  }

  it('pass their checks on whatever ingestion accepts', async () => {
    const lakes = fc.record(Object.fromEntries(sources.map((name) => [name, bronzeRows(name)])));
    await fc.assert(
      fc.asyncProperty(lakes, async (tables) => {
        await fillLedgers();
        for (const [name, rows] of Object.entries(tables)) await lake.fill(name, rows);
        await lake.buildAll();
        expect(await failedChecks()).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it('are built, empty, from an empty lake, which stops no publication', async () => {
    for (const name of names) await lake.fill(name, []);
    await lake.buildAll();
    for (const { name } of manifest.models) expect(await lake.rows(name), name).toEqual([]);
    expect(await failedChecks()).toEqual([]);
  });

  it('warn of an empty lake', async () => {
    for (const name of names) await lake.fill(name, []);
    await lake.buildAll();
    const warned = await Promise.all(
      silver.map(async (model) => [model.name, (await lake.audit(model)).row_count] as const),
    );
    expect(warned).toEqual(silver.map(({ name }) => [name, 1]));
  });
});
