import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileProject } from '../../engine/compile/index.ts';
import type { CompiledModel } from '../../engine/manifest.ts';
import { PROJECT_ROOT } from '../../localstack/stack.ts';
import { type ModelEngine, modelsOnSpark, modelsOnTrino } from './models/engines.ts';
import { AS_OF, publishRetailer, type Retailer } from './models/retailer.ts';
import { type ModelStatement, statementsOf } from './models/statements.ts';
import { difference } from './rows.ts';

/** Every SELECT of every model gives the same rows on DuckDB, on Trino and on Spark. */
const manifest = await compileProject(PROJECT_ROOT);

const tables = Object.fromEntries([
  ...manifest.sources.map(({ name, columns, partitionColumns }) => [name, [...columns, ...partitionColumns]]),
  ...manifest.models.map(({ name, columns }) => [name, columns]),
]);

let retailer: Retailer;
beforeAll(async () => {
  retailer = await publishRetailer(manifest);
});
afterAll(() => retailer?.store.stop());

type Rows = readonly (readonly unknown[])[];

/** Answers of DuckDB, which both other engines are held to. */
const answers = new Map<string, Rows>();

async function onDuckDb(model: CompiledModel, { title, sql, ofNewVersion }: ModelStatement): Promise<Rows> {
  const key = `${model.name} ${title}`;
  const known = answers.get(key);
  if (known !== undefined) return known;
  const names = new Set([...model.inputs, ...model.audit.tables, model.name]);
  const newVersion = ofNewVersion ? retailer.newVersions.get(model.name)?.input : undefined;
  const inputs = [...names].flatMap(
    (name) => (name === model.name ? newVersion : undefined) ?? retailer.inputs.get(name) ?? [],
  );
  const result = await retailer.store.engine.query({ sql: sql.duckdb, inputs, asOf: AS_OF });
  const rows = result.map((row) => Object.values(row));
  answers.set(key, rows);
  return rows;
}

describe.each([
  ['Trino', modelsOnTrino],
  ['Spark', modelsOnSpark],
] as const)('%s and DuckDB agree', (_name, start) => {
  let engine: ModelEngine;
  beforeAll(async () => {
    engine = await start(retailer);
  });
  afterAll(() => engine?.stop());

  it.each(manifest.models)('on $name', async (model) => {
    const found: Record<string, string> = {};
    for (const statement of statementsOf(model, tables)) {
      const { title, columns } = statement;
      const theirs = await engine.run(model.name, statement);
      const ours = await onDuckDb(model, statement);
      const different = difference(
        ours,
        theirs.rows,
        columns.map(({ type }) => type),
      );
      if (different !== undefined) found[title] = different;
      expect(
        theirs.columns.map(({ name }) => name),
        title,
      ).toEqual(columns.map(({ name }) => name));
      if (title === 'rows') expect(ours.length).toBeGreaterThan(0);
    }
    expect(found).toEqual({});
  });
});
