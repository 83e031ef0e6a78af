import { describe, expect, it } from 'vitest';
import { compileSketches, silverSales } from '../../../fixtures/models.ts';

const COLUMNS = ['sale_id varchar', 'quantity integer', 'amount decimal(18,2)', 'sold_at timestamp'];
const SQL = 'select sale_id, quantity, amount, sold_at from bronze.sales';

/** Compiles a model with one check: below a column, or in the table's list where there is none. */
function compileCheck(check: string, column?: string): void {
  compileSketches({
    columns: COLUMNS.map((text) => (text.split(' ')[0] === column ? `${text} {checks: [${check}]}` : text)),
    sql: SQL,
    ...(column === undefined ? { header: `checks:\n  - ${check}` } : {}),
  });
}

describe('a check that cannot be', () => {
  it.each<[string, string | undefined, string, string]>([
    ["{regex: {pattern: 'x'}}", 'amount', 'wrong_type', 'regex(amount): amount is decimal(18,2)'],
    ['{string_length: {min: 1}}', 'quantity', 'wrong_type', 'string_length(quantity): quantity is integer'],
    ['{mean: {min: 1}}', 'sale_id', 'wrong_type', 'mean(sale_id): sale_id is varchar'],
    ['freshness: {column: quantity}', undefined, 'wrong_type', 'freshness(quantity): quantity is integer'],
    [
      'sum_equals: {column: sale_id, to: bronze.sales, to_column: amount}',
      undefined,
      'wrong_type',
      'sale_id is varchar',
    ],
    ['freshness: {column: sold_att}', undefined, 'unknown_column', 'there is no column "sold_att"'],
    ['unique: {columns: [sale_id, nope]}', undefined, 'unknown_column', 'there is no column "nope"'],
    ['{range: {min: ten}}', 'quantity', 'header_invalid', '"ten" is not a number, as the column is (integer)'],
    ["{range: {max: 'yesterday'}}", 'sold_at', 'header_invalid', '"yesterday" is not a day or time like 2018-01-01'],
    ['{accepted_values: {values: [1, two]}}', 'quantity', 'header_invalid', '"two" is not a number'],
    ['{range: {}}', 'amount', 'header_invalid', 'give min, max or both'],
    ['{string_length: {min: 3, max: 2}}', 'sale_id', 'header_invalid', 'min is greater than max'],
    ['{distribution_anomaly: {statistic: mean}}', 'sale_id', 'header_invalid', 'only numbers have a mean'],
    ['{distribution_anomaly: {statistic: median}}', 'amount', 'header_invalid', 'statistic'],
    ['{frequency_anomaly: {edges: [1, 2]}}', 'sale_id', 'header_invalid', 'only numbers have edges'],
    ['{frequency_anomaly: {edges: [2, 1]}}', 'amount', 'header_invalid', 'edges must ascend'],
    ['{frequency_anomaly: {values: [1], edges: [1, 2]}}', 'amount', 'header_invalid', 'give values or edges'],
    ['{frequency_anomaly: {}}', 'amount', 'header_invalid', 'give values or edges'],
    ['volume_anomaly: {versions: 4}', undefined, 'header_invalid', 'at_least must not be greater than versions'],
    ['volume_anomaly: {deviations: -1}', undefined, 'header_invalid', 'deviations'],
    [
      'volume_anomaly: {action: quarantine}',
      undefined,
      'header_invalid',
      'volume_anomaly finds no single row at fault',
    ],
    ['row_count: {min: 1, tolerate: 0.1}', undefined, 'header_invalid', 'row_count finds no single row at fault'],
    ['{not_null: {tolerate: 0.1, action: quarantine}}', 'sale_id', 'header_invalid', 'what fails is set aside'],
    ['{not_null: {tolerate: 10}}', 'sale_id', 'header_invalid', 'tolerate'],
    [
      '{relationships: {to: bronze.sales, column: sale_id, grace: {column: quantity, hours: 2}}}',
      'sale_id',
      'header_invalid',
      'grace needs a date or timestamp',
    ],
    ['{relationships: {to: bronze.sales, column: sale_idd}}', 'sale_id', 'unknown_column', 'sale_idd'],
  ])('%s of %s is refused with its place', (check, column, code, message) => {
    const line =
      column === undefined ? 7 + COLUMNS.length + 1 : 7 + COLUMNS.findIndex((text) => text.startsWith(`${column} `));
    expect(() => compileCheck(check, column)).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringContaining(message),
        where: expect.stringMatching(new RegExp(`^sql/silver/sales.sql:${line}:[1-9]`)),
      }),
    );
  });

  it('is placed by line and column, with advice', () => {
    expect(() => compileCheck("{regex: {pattern: 'x'}}", 'amount')).toThrow(
      expect.objectContaining({ where: 'sql/silver/sales.sql:9:78', advice: 'regex judges columns of type varchar.' }),
    );
    expect(() => compileCheck('freshness: {column: sold_att}')).toThrow(
      expect.objectContaining({ advice: 'Did you mean "sold_at"?' }),
    );
  });

  it('may be there once for each statistic of a column', () => {
    const checks = '{distribution_anomaly: {statistic: mean}}, {distribution_anomaly: {statistic: null_share}}';
    expect(() => compileCheck(checks, 'amount')).not.toThrow();
    expect(() => compileSketches(silverSales)).not.toThrow();
  });
});
