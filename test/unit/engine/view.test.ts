import { describe, expect, it } from 'vitest';
import { hiveTypeOf } from '../../../engine/hive-type.ts';
import { prestoViewText, viewDefinition } from '../../../engine/view.ts';
import { compileSketches, silverSales } from '../../fixtures/models.ts';

describe('the text of a view in the catalog', () => {
  it('holds the author’s SQL and the columns’ types, as Trino reads them', () => {
    const sql = "select sale_id, cast(null as timestamp) as at from silver.sales where sale_id <> 'é'";
    const view = compileSketches(silverSales, {
      path: 'sql/marts/ids.sql',
      kind: 'view',
      columns: ['sale_id varchar', 'at timestamp'],
      sql,
    }).models.at(-1);
    const text = view && prestoViewText(viewDefinition(view, 'abc'));
    const encoded = /^\/\* Presto View: ([A-Za-z0-9+/=]+) \*\/$/.exec(text ?? '')?.[1] ?? '';
    expect(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'))).toEqual({
      originalSql: sql,
      catalog: 'awsdatacatalog',
      schema: 'marts',
      comment: view?.description,
      columns: [
        { name: 'sale_id', type: 'varchar' },
        { name: 'at', type: 'timestamp(6)' },
      ],
      properties: {},
    });
  });
});

describe('Hive’s types', () => {
  it.each([
    ['varchar(20)', 'string'],
    ['integer', 'int'],
    ['decimal(18, 2)', 'decimal(18,2)'],
    ['timestamp', 'timestamp'],
    ['array(row(a bigint, b map(varchar, real)))', 'array<struct<a:bigint,b:map<string,float>>>'],
  ])('of %s is %s', (athena, hive) => {
    expect(hiveTypeOf(athena)).toBe(hive);
  });
});
