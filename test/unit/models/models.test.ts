import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { duckDbType } from '../../../engine/adapters/duckdb/types.ts';
import { compileProject } from '../../../engine/compile/index.ts';
import { readCases } from './cases.ts';
import { Lake } from './lake.ts';

const ROOT = join(import.meta.dirname, '../../..');
const manifest = await compileProject(ROOT);
const files = (await readdir(join(ROOT, 'sql'), { recursive: true })).filter((name) => name.endsWith('.test.yaml'));

const suites = await Promise.all(files.sort().map(async (name) => suiteOf(`sql/${name}`)));

async function suiteOf(path: string) {
  const source = path.replace('.test.yaml', '.sql');
  const model = manifest.models.find(({ file }) => file === source);
  if (model === undefined) throw new Error(`${path}: there is no model ${source}`);
  return { path, source, model, tests: readCases(path, await readFile(join(ROOT, path), 'utf8'), model, manifest) };
}

let lake: Lake;
beforeAll(async () => {
  lake = await Lake.open(manifest);
});
afterAll(() => lake.close());

describe.each(suites)('$path', ({ model, tests }) => {
  it.each(tests)('$name', async ({ cte, as_of, given, where, expect: expected, sql, columns }) => {
    await lake.asOf(as_of);
    for (const table of model.inputs) await lake.fill(table, given[table] ?? []);
    const made = cte === undefined ? model.name : 'expected.step';
    await lake.store(made, sql);
    await lake.fill('expected.rows', expected, columns);
    const found = await lake.rows(made, columns, where);
    expect(found).toEqual(await lake.rows('expected.rows', columns));
  });
});

describe('models', () => {
  it('each have a case of their own rows beside them, also when they are new', () => {
    const tested = new Set(
      suites.filter(({ tests }) => tests.some(({ cte }) => cte === undefined)).map(({ source }) => source),
    );
    expect(manifest.models.map(({ file }) => file).filter((source) => !tested.has(source))).toEqual([]);
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
