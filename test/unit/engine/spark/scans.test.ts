import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InputTable } from '../../../../engine/adapters/adapter.ts';
import { duckDbAdapter } from '../../../../engine/adapters/duckdb/adapter.ts';
import { sparkView } from '../../../../engine/adapters/spark/scans.ts';
import { type S3Server, startS3Server } from '../../../fixtures/s3-server.ts';

let server: S3Server;
let directory: string;

beforeEach(async () => {
  server = await startS3Server();
  directory = await mkdtemp(join(tmpdir(), 'spark-scans-'));
});

afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

const field = (name: string, type: unknown, metadata = {}) => ({ name, type, nullable: true, metadata });
const id = (value: number) => ({ 'parquet.field.id': value });

describe('a view over files', () => {
  it('has no scan without files', async () => {
    const columns = [{ id: 1, name: 'tags', type: 'array(row(a bigint, b map(varchar, real)))', elementId: 2 }];
    const view = await sparkView(server.s3, { name: 'gold.sales', format: 'parquet', columns, files: [] });
    const map = { type: 'map', keyType: 'string', valueType: 'float', valueContainsNull: true };
    const element = { type: 'struct', fields: [field('a', 'long'), field('b', map)] };
    const type = { type: 'array', elementType: element, containsNull: true };
    const fields = [field('tags', type, { ...id(1), 'tributary.element.id': 2 })];
    expect(view).toEqual({ name: 'gold.sales', schema: { type: 'struct', fields }, scans: [] });
  });

  it('reads files apart whose columns were narrower, under names that none of them has', async () => {
    const duckDb = duckDbAdapter({ s3: server.s3, directory });
    const written = async (types: readonly [string, string, string]) => {
      const columns = types.map((type, index) => ({ id: index + 1, name: ['a', 'b', 'c'][index] ?? '', type }));
      const request = { inputs: [], asOf: '2026-11-21', partitionBy: [], sortBy: [], destination: 's3://lake/t/data' };
      const files = await duckDb.write({ ...request, sql: 'select 1 as a, 1 as b, 1.5 as c', columns });
      return files.map(({ path, bytes }) => ({ uri: path, bytes }));
    };
    const wide = ['bigint', 'double', 'decimal(38,2)'] as const;
    const files = [
      ...(await written(wide)),
      ...(await written(['integer', 'real', 'decimal(9,2)'])),
      ...(await written(wide)),
    ];
    const columns = wide.map((type, index) => ({ id: index + 1, name: 'xyz'.charAt(index), type }));
    const { schema, scans } = await sparkView(server.s3, { name: 'gold.sales', format: 'parquet', columns, files });
    expect(schema.fields.map(({ name, type }) => [name, type])).toEqual([
      ['x', 'long'],
      ['y', 'double'],
      ['z', 'decimal(38,2)'],
    ]);
    expect(scans.map(({ paths, ...scan }) => ({ ...scan, paths: paths.length }))).toEqual([
      {
        format: 'parquet',
        options: {},
        paths: 2,
        schema: {
          type: 'struct',
          fields: [
            field('field_1', 'long', id(1)),
            field('field_2', 'double', id(2)),
            field('field_3', 'decimal(38,2)', id(3)),
          ],
        },
      },
      {
        format: 'parquet',
        options: {},
        paths: 1,
        schema: {
          type: 'struct',
          fields: [
            field('field_1', 'integer', id(1)),
            field('field_2', 'float', id(2)),
            field('field_3', 'decimal(9,2)', id(3)),
          ],
        },
      },
    ]);
  });

  it('takes partitions from the folders below the first of them', async () => {
    const table: InputTable = {
      name: 'bronze.events',
      format: 'json',
      columns: [{ name: 'at', type: 'timestamp(6)' }],
      pathColumns: [
        { name: 'ingest_date', type: 'date' },
        { name: 'ingest_hour', type: 'varchar' },
      ],
      files: [{ uri: 's3://lake/events/v1/ingest_date=2026-01-01/ingest_hour=03/a.json', bytes: 10 }],
    };
    const { schema, scans } = await sparkView(server.s3, table);
    expect(schema.fields.map(({ type }) => type)).toEqual(['timestamp_ntz', 'date', 'string']);
    expect(scans).toEqual([
      {
        format: 'json',
        options: { mode: 'FAILFAST', basePath: 's3://lake/events/v1' },
        paths: table.files.map(({ uri }) => uri),
        schema: {
          type: 'struct',
          fields: [field('at', 'timestamp'), field('ingest_date', 'date'), field('ingest_hour', 'string')],
        },
      },
    ]);
  });
});
