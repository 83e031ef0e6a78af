import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileModels } from '../../../../engine/compile/index.ts';
import { canonicalJson } from '../../../../engine/hash.ts';
import {
  compileSketch,
  compileSketches,
  type ModelSketch,
  modelFile,
  salesSource,
  silverSales,
} from '../../../fixtures/models.ts';

const gold = (table: string, sql: string, columns = ['sale_id varchar']): ModelSketch => ({
  path: `sql/gold/star/${table}.sql`,
  columns,
  sql,
});

describe('the graph', () => {
  it('is read from the SQL, in which CTEs hide tables of the same name', () => {
    const { models } = compileSketches(
      gold('later', 'with earlier as (select sale_id from silver.sales) select sale_id from earlier'),
      gold('earlier', 'select sale_id from gold.later'),
      silverSales,
    );
    expect(models.map(({ name, inputs }) => [name, inputs])).toEqual([
      ['silver.sales', ['bronze.sales']],
      ['gold.later', ['silver.sales']],
      ['gold.earlier', ['gold.later']],
    ]);
  });

  it('finds tables in every place where a query may stand', () => {
    const { models } = compileSketches(
      silverSales,
      gold('a', 'select sale_id from silver.sales'),
      gold('b', 'select sale_id from silver.sales'),
      gold(
        'all',
        `select s.sale_id from silver.sales s
         where exists (select 1 as one from gold.a where gold.a.sale_id = s.sale_id)
           or s.sale_id in (select sale_id from gold.b)`.replace('gold.a.sale_id', 'a.sale_id'),
      ),
    );
    expect(models.at(-1)?.inputs).toEqual(['gold.a', 'gold.b', 'silver.sales']);
  });

  it('takes what checks read for a dependency, not for an input', () => {
    const checked = gold('a', 'select sale_id from silver.sales', [
      'sale_id varchar {checks: [{relationships: {to: gold.b, column: sale_id}}]}',
    ]);
    const { models } = compileSketches(checked, gold('b', 'select sale_id from silver.sales'), silverSales);
    expect(models.map(({ name }) => name)).toEqual(['silver.sales', 'gold.b', 'gold.a']);
    expect(models.at(-1)).toMatchObject({ inputs: ['silver.sales'], audit: { tables: ['gold.b'] } });
  });
});

describe('column lineage', () => {
  it('goes through CTEs, renames, unions and expressions to stored columns', () => {
    const model = compileSketch({
      columns: ['id varchar', 'total decimal(38,2)', 'either varchar', 'tag varchar', 'fixed integer'],
      sql: `
        with lines as (select sale_id as line_id, customer_id as who, amount * quantity as worth, tags from bronze.sales),
        both_ids as (select line_id as some_id, tags from lines union all select who, tags from lines)
        select l.line_id as id, sum(l.worth) as total, max(b.some_id) as either, max(t.tag) as tag, 1 as fixed
        from lines l join both_ids b on b.some_id = l.line_id cross join unnest(b.tags) as t(tag)
        group by l.line_id`,
    });
    const from = (...columns: string[]) => columns.map((column) => ({ table: 'bronze.sales', column }));
    expect(model.lineage).toEqual([
      { column: 'id', from: from('sale_id') },
      { column: 'total', from: from('amount', 'quantity') },
      { column: 'either', from: from('customer_id', 'sale_id') },
      { column: 'tag', from: from('tags') },
      { column: 'fixed', from: [] },
    ]);
  });

  it('knows parameters of lambdas from columns', () => {
    const model = compileSketch({
      columns: ['tagged array(varchar)'],
      sql: 'select transform(tags, amount -> concat(amount, customer_id)) as tagged from bronze.sales',
    });
    expect(model.lineage[0]?.from.map(({ column }) => column)).toEqual(['customer_id', 'tags']);
  });
});

describe('the logic hash', () => {
  const sql = "select sale_id, customer_id, amount from bronze.sales where customer_id <> 'a  B' and quantity > 1";
  const hashOf = (text: string, sketch: Partial<ModelSketch> = {}): string =>
    compileSketch({ ...silverSales, ...sketch, sql: text }).logicHash;
  const original = hashOf(sql);

  it('does not change with spaces, comments and the case of keywords', () => {
    const gap = fc.constantFrom(' ', '\n', '\t  ', ' -- a comment\n', ' /* another */ ');
    const words = sql.split(/ (?=(?:[^']*'[^']*')*[^']*$)/);
    fc.assert(
      fc.property(
        fc.array(gap, { minLength: words.length, maxLength: words.length }),
        fc.array(fc.boolean(), { minLength: words.length, maxLength: words.length }),
        (gaps, shouts) => {
          const text = words.map((word, index) => {
            const written = shouts[index] && !word.includes("'") ? word.toUpperCase() : word;
            return `${written}${gaps[index]}`;
          });
          expect(hashOf(text.join(''))).toBe(original);
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each([
    ['a string', sql.replace('a  B', 'a b')],
    ['a number', sql.replace('> 1', '> 2')],
    ['a name', sql.replace('quantity', 'amount')],
    ['a quoted name that is a string elsewhere', sql.replace("'a  B'", '"sale_id"')],
  ])('changes with %s', (_what, changed) => {
    expect(hashOf(changed)).not.toBe(original);
  });

  it('changes with the header’s contract, and not with its descriptions', () => {
    const columns = [...silverSales.columns.slice(0, 2), 'amount decimal(20,2)'];
    expect(hashOf(sql, { columns })).not.toBe(original);
    expect(hashOf(sql, { header: 'partition_by: [{column: sale_id, transform: identity}]' })).not.toBe(original);
    expect(hashOf(sql, { header: 'checks:\n  - row_count: {min: 1}' })).not.toBe(original);
    const { path, text } = modelFile({ ...silverSales, sql });
    const described = { path, text: text.replace('Some column', 'Another text') };
    expect(compileModels([described], [salesSource]).models[0]?.logicHash).toBe(original);
  });
});

describe('the manifest', () => {
  const sketches = [
    gold('b', 'select sale_id from gold.a'),
    gold('a', 'select sale_id from silver.sales'),
    gold('c', 'select sale_id from silver.sales'),
    silverSales,
  ];
  const files = sketches.map(modelFile);

  it('is the same, byte by byte, whatever the order of the files', () => {
    const expected = JSON.stringify(compileModels(files, [salesSource]));
    fc.assert(
      fc.property(fc.shuffledSubarray(files, { minLength: files.length }), (shuffled) => {
        expect(JSON.stringify(compileModels(shuffled, [salesSource]))).toBe(expected);
      }),
      { numRuns: 10 },
    );
  });

  it('survives JSON, by which it is deployed', () => {
    const manifest = compileModels(files, [salesSource]);
    expect(canonicalJson(JSON.parse(JSON.stringify(manifest)))).toBe(canonicalJson(manifest));
  });

  it('has another hash when a description changes, since that is deployed too', () => {
    const [first = modelFile(silverSales), ...rest] = files;
    const changed = [{ ...first, text: first.text.replace('A table', 'The table') }, ...rest];
    expect(compileModels(changed, [salesSource]).hash).not.toBe(compileModels(files, [salesSource]).hash);
  });
});

describe('the logical date', () => {
  const dated = (sql: string, header?: string): boolean =>
    compileSketch({ columns: ['sale_id varchar'], sql, ...(header === undefined ? {} : { header }) }).usesLogicalDate;

  it('is part of models that use it, themselves or in a check', () => {
    expect(dated("select sale_id from bronze.sales where sold_at < date_add('day', -1, current_date)")).toBe(true);
    expect(dated('select sale_id from bronze.sales where sold_at < current_timestamp')).toBe(true);
    expect(dated("select sale_id from bronze.sales where sale_id <> 'current_date'")).toBe(false);
    const check = "checks:\n  - sql: {name: old, query: 'select sale_id from silver.sales where current_date is null'}";
    expect(dated('select sale_id from bronze.sales', check)).toBe(true);
  });
});
