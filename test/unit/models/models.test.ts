import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { duckDbType } from '../../../engine/adapters/duckdb/types.ts';
import { compileProject } from '../../../engine/compile/index.ts';
import { Lake, type Row } from './lake.ts';

/**
 * Each model's cases stand beside it, in `<table>.test.yaml`: given rows, expected rows. Columns that a given row
 * leaves out are null; expected rows are compared in the columns that they name, in any order.
 */
const row = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const cases = z.strictObject({
  /** Rows to refer to by YAML anchors. */
  rows: z.unknown().optional(),
  tests: z.array(
    z.strictObject({
      name: z.string(),
      as_of: z.string().default('2018-01-01'),
      given: z.record(z.string(), z.array(row)),
      /** Condition that picks the rows to compare, where the model makes more than the case is about. */
      where: z.string().optional(),
      expect: z.array(row),
    }),
  ),
});

const ROOT = join(import.meta.dirname, '../../..');
const manifest = await compileProject(ROOT);
const files = (await readdir(join(ROOT, 'sql'), { recursive: true })).filter((name) => name.endsWith('.test.yaml'));

async function casesOf(file: string) {
  return cases.parse(parse(await readFile(join(ROOT, 'sql', file), 'utf8'), { merge: true })).tests;
}

const suites = await Promise.all(
  files
    .sort()
    .map(async (file) => ({ file, tests: await casesOf(file), source: `sql/${file.replace('.test.yaml', '.sql')}` })),
);

let lake: Lake;
beforeAll(async () => {
  lake = await Lake.open(manifest);
});
afterAll(() => lake.close());

describe.each(suites)('$file', ({ source, tests }) => {
  const model = manifest.models.find(({ file }) => file === source);
  if (model === undefined) throw new Error(`there is no model ${source}`);

  it.each(tests)('$name', async ({ as_of, given, where, expect: expected }) => {
    await lake.asOf(as_of);
    const unread = Object.keys(given).filter((table) => !model.inputs.includes(table));
    expect(unread, 'tables that the model does not read').toEqual([]);
    for (const table of model.inputs) await lake.fill(table, given[table] ?? []);

    await lake.build(model);

    const columns = columnsIn(expected, lake.columnsOf(model.name));
    await lake.fill('expected.rows', expected, columns);
    expect(await lake.rows(model.name, columns, where)).toEqual(await lake.rows('expected.rows', columns));
  });
});

/** The model's columns that any expected row names; all of them where no row is expected. */
function columnsIn(rows: readonly Row[], columns: ReturnType<Lake['columnsOf']>): ReturnType<Lake['columnsOf']> {
  const named = new Set(rows.flatMap((cells) => Object.keys(cells)));
  const unknown = [...named].filter((name) => !columns.some((column) => column.name === name));
  if (unknown.length > 0) throw new Error(`the model has no column ${unknown.join(', ')}`);
  return rows.length === 0 ? columns : columns.filter(({ name }) => named.has(name));
}

describe('models', () => {
  it('with logic have cases beside them', () => {
    const tested = new Set(suites.map(({ source }) => source));
    const untested = manifest.models.filter(({ file }) => !tested.has(file)).map(({ name }) => name);
    expect(untested).toEqual(['marts.top_products']);
  });

  it('name their columns in the order of their headers and give them the declared types', async () => {
    // An empty lake suffices to see names and types.
    for (const { name } of manifest.sources) await lake.fill(name, []);
    await lake.asOf('2018-01-01');
    for (const model of manifest.models) {
      await lake.build(model);
      const declared = model.columns.map(({ name, type }) => ({ name, type: duckDbType(type) }));
      expect(await lake.typesOf(model.name), model.name).toEqual(declared);
    }
  });
});
