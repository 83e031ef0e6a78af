import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileProject } from '../../../engine/compile/index.ts';
import { Lake, type Row } from './lake.ts';

const manifest = await compileProject(join(import.meta.dirname, '../../..'));
const model = manifest.models.find(({ name }) => name === 'gold.customer_metrics');
if (model === undefined) throw new Error('there is no gold.customer_metrics');

let lake: Lake;
beforeAll(async () => {
  lake = await Lake.open(manifest);
  await lake.asOf('2018-01-01');
});
afterAll(() => lake.close());

/** One kept line for each of a customer's orders. */
const orders = (customer: string, count: number, line: Row): readonly Row[] =>
  Array.from({ length: count }, (_, order) => ({
    customer_id: customer,
    order_id: `${customer}-${order}`,
    net_quantity: 1,
    is_kept: true,
    ...line,
  }));

describe('gold.customer_metrics', () => {
  it('scores frequency at its cut-offs', async () => {
    const counts = [4, 5, 9, 10, 19, 20, 49, 50];
    const line = { net_amount: '1.00', transaction_at: '2017-12-31 10:00:00' };
    await lake.fill(
      'silver.order_lines',
      counts.flatMap((count) => orders(`c${count}`, count, line)),
    );
    await lake.build(model);
    const columns = lake.columnsOf(model.name).filter(({ name }) => ['total_orders', 'frequency_score'].includes(name));
    const rows = await lake.rows(model.name, columns);
    const scores = new Map(rows.map((row) => [Number(row.total_orders), Number(row.frequency_score)]));
    expect(counts.map((count) => scores.get(count))).toEqual([1, 2, 2, 3, 3, 4, 4, 5]);
  });

  it('puts the sum of scores into four segments, at 6, 9 and 12', async () => {
    const active = '2017-12-31 10:00:00';
    await lake.fill('silver.order_lines', [
      ...orders('sum 5', 1, { net_amount: '1.00', transaction_at: '2017-10-15 10:00:00' }),
      ...orders('sum 6', 1, { net_amount: '1.00', transaction_at: '2017-11-15 10:00:00' }),
      ...orders('sum 8', 5, { net_amount: '1.00', transaction_at: active }),
      ...orders('sum 9', 10, { net_amount: '1.00', transaction_at: active }),
      ...orders('sum 11', 20, { net_amount: '25.00', transaction_at: active }),
      ...orders('sum 12', 20, { net_amount: '50.00', transaction_at: active }),
    ]);
    await lake.build(model);
    const shown = ['customer_id', 'rfm_score', 'customer_value_segment'];
    const columns = lake.columnsOf(model.name).filter(({ name }) => shown.includes(name));
    const segments = (await lake.rows(model.name, columns)).map((row) => [row.customer_id, row.customer_value_segment]);
    expect(Object.fromEntries(segments)).toEqual({
      'sum 5': 'at_risk',
      'sum 6': 'potential_loyalists',
      'sum 8': 'potential_loyalists',
      'sum 9': 'loyal_customers',
      'sum 11': 'loyal_customers',
      'sum 12': 'champions',
    });
  });
});
