import { describe, expect, it } from 'vitest';
import { duckDbType } from '../../../engine/adapters/duckdb/types.ts';
import { parseType } from '../../../engine/sql-type.ts';

describe('parseType', () => {
  it.each([
    ['varchar', 'VARCHAR'],
    ['varchar(20)', 'VARCHAR'],
    ['string', 'VARCHAR'],
    ['int', 'INTEGER'],
    ['decimal(18,2)', 'DECIMAL(18,2)'],
    ['decimal(18, 2)', 'DECIMAL(18,2)'],
    ['timestamp(6)', 'TIMESTAMP'],
    ['timestamp(3) with time zone', 'TIMESTAMP WITH TIME ZONE'],
    ['array(array(bigint))', 'BIGINT[][]'],
    ['array<struct<code:string,score:double>>', 'STRUCT("code" VARCHAR, "score" DOUBLE)[]'],
    ['row(a varchar, b decimal(18,2))', 'STRUCT("a" VARCHAR, "b" DECIMAL(18,2))'],
    ['map<string,array<int>>', 'MAP(VARCHAR, INTEGER[])'],
  ])('reads %s', (athena, duckdb) => {
    expect(duckDbType(athena)).toBe(duckdb);
  });

  it.each(['', 'text', 'array', 'array(varchar', 'array(varchar>', 'decimal(a,b)', 'bigint bigint', 'map(varchar)'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseType(text)).toThrow(expect.objectContaining({ code: 'unknown_type' }));
    },
  );
});
