import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lineageText } from '../../../cli/lineage/format.ts';
import { lineageTarget } from '../../../cli/lineage/target.ts';
import { compileProject } from '../../../engine/compile/index.ts';
import { edgesOf, type LineageEdge, lineageEdges, trace } from '../../../engine/lineage/graph.ts';
import { contracts } from '../../../events/contracts/index.ts';

const edges: readonly LineageEdge[] = [
  { from: 'contract.sales.amount', to: 'bronze.sales.amount', by: 'ingest-file' },
  { from: 'bronze.sales.amount', to: 'silver.sales.net', by: 'build-model' },
  { from: 'bronze.sales.tax', to: 'silver.sales.net', by: 'build-model' },
  { from: 'silver.sales.net', to: 'gold.days.revenue', by: 'build-model' },
  { from: 'silver.sales.net', to: 'gold.stores.revenue', by: 'build-model' },
  { from: 'gold.days.revenue', to: 'marts.totals.revenue', by: 'view' },
  { from: 'gold.stores.revenue', to: 'marts.totals.revenue', by: 'view' },
  { from: 'marts.totals.revenue', to: 'marts.share.part', by: 'view' },
];

describe('lineage', () => {
  it('goes up to the contracts', () => {
    expect(lineageText({ up: trace(edges, 'silver.sales.net', 'up') }, 'tree')).toBe(
      `silver.sales.net comes from
├─ bronze.sales.amount  (build-model)
│  └─ contract.sales.amount  (ingest-file)
└─ bronze.sales.tax  (build-model)
`,
    );
  });

  it('goes down to the last view, and says where it has been', () => {
    expect(lineageText({ down: trace(edges, 'silver.sales.net', 'down') }, 'tree')).toBe(
      `silver.sales.net leads to
├─ gold.days.revenue  (build-model)
│  └─ marts.totals.revenue  (view)
│     └─ marts.share.part  (view)
└─ gold.stores.revenue  (build-model)
   └─ marts.totals.revenue  (view; goes on above)
`,
    );
  });

  it('has each step once, in the direction of the data', () => {
    const down = edgesOf(trace(edges, 'contract.sales.amount', 'down'), 'down');
    expect(down).toHaveLength(edges.length - 1);
    expect(new Set(down)).toEqual(new Set(edges.filter(({ from }) => from !== 'bronze.sales.tax')));
    expect(edgesOf(trace(edges, 'marts.share.part', 'up'), 'up')).toHaveLength(edges.length);
  });

  it('is nothing where there is nothing', () => {
    expect(lineageText({ down: trace(edges, 'marts.share.part', 'down') }, 'tree')).toBe(
      'marts.share.part leads to nothing\n',
    );
  });

  it('is drawn with names that Mermaid takes', () => {
    expect(lineageText({ up: trace(edges, 'bronze.sales.amount', 'up') }, 'mermaid')).toBe(
      'graph LR\n  contract_sales_amount["contract.sales.amount"] -->|"ingest-file"| bronze_sales_amount["bronze.sales.amount"]\n',
    );
  });
});

describe('the lineage of the project', async () => {
  const manifest = await compileProject(join(import.meta.dirname, '../../..'));
  const tables = lineageEdges(manifest, contracts, 'table');
  const columns = lineageEdges(manifest, contracts, 'column');

  it('leads from a field of a contract through the functions to gold and marts', () => {
    const names = edgesOf(trace(columns, 'contract.pos_transactions.total_amount', 'down'), 'down');
    expect(names).toContainEqual({
      from: 'contract.pos_transactions.total_amount',
      to: 'bronze.pos_transactions.total_amount',
      by: 'ingest-stream, ingest-file',
    });
    const reached = names.map(({ to }) => to);
    expect(reached).toEqual(expect.arrayContaining(['silver.order_lines.total_amount', 'gold.fact_sale.total_amount']));
    expect(reached.some((name) => name.startsWith('marts.'))).toBe(true);
  });

  it('shows what became of a personal field', () => {
    const reached = edgesOf(trace(columns, 'contract.crm_customers.email', 'down'), 'down').map(({ to }) => to);
    expect(reached).toContain('bronze.crm_customers.email_token');
    expect(reached).not.toContain('bronze.crm_customers.email');
  });

  it('brings every column of every model back to something, unless it is computed from nothing', () => {
    const fed = new Set(columns.map(({ to }) => to));
    const tablesFed = new Set(tables.map(({ to }) => to));
    for (const model of manifest.models) {
      expect(tablesFed).toContain(model.name);
      expect(model.columns.some(({ name }) => fed.has(`${model.name}.${name}`))).toBe(true);
    }
  });

  it.each([
    ['gold.fact_sale', 'gold.fact_sale', 'table'],
    ['fact_sale', 'gold.fact_sale', 'table'],
    ['fact_sale.net_amount', 'gold.fact_sale.net_amount', 'column'],
    ['bronze.pos_transactions.quantity', 'bronze.pos_transactions.quantity', 'column'],
    ['contract.pos_transactions', 'contract.pos_transactions', 'table'],
  ])('understands %s', (text, name, of) => {
    expect(lineageTarget(text, tables, columns)).toEqual({ name, of });
  });

  it.each([
    ['fact_sales', 'unknown_table', 'gold.fact_sale'],
    ['customer_id', 'unknown_table', 'silver.customers'],
    ['fact_sale.nett', 'unknown_column', 'net_amount'],
    ['', 'unknown_table', 'gold.fact_sale'],
  ])('names what there is instead of %j', (text, code, advice) => {
    const find = () => lineageTarget(text, tables, columns);
    expect(find).toThrow(expect.objectContaining({ code, advice: expect.stringContaining(advice) }));
  });
});
