/** A synthetic project of models in the manner of `sql/`: their files, and the sources that they read. */
import type { ModelFile } from '../engine/compile/index.ts';
import type { SourceTable } from '../engine/manifest.ts';

const DOMAINS = ['customer', 'finance', 'inventory', 'marketing', 'product', 'shipping', 'stores', 'support'];

/** Shares of the layers; the rest are models of the domains of gold. */
const SILVER_SHARE = 0.3;
const STAR_SHARE = 0.1;
const MART_SHARE = 0.15;

interface GeneratedColumn {
  readonly name: string;
  readonly type: string;
  readonly checks: readonly string[];
}

interface GeneratedModel {
  readonly path: string;
  readonly name: string;
  readonly header: readonly string[];
  readonly columns: readonly GeneratedColumn[];
  readonly sql: string;
}

/** The twenty sources that generated models read. */
export const generatedSources = (): readonly SourceTable[] => range(20).map(source);

/** Models of 10 to 30 columns with several CTEs, joins, windows and checks. The same for each call. */
export function generateModels(count: number): readonly ModelFile[] {
  const sources = generatedSources();
  const silver = range(Math.round(count * SILVER_SHARE)).map((index) => silverModel(index, sources));
  const star = range(Math.round(count * STAR_SHARE)).map((index) => goldModel('star', index, silver, []));
  const marts = Math.round(count * MART_SHARE);
  const gold: GeneratedModel[] = [];
  for (const index of range(count - silver.length - star.length - marts)) {
    const domain = DOMAINS[index % DOMAINS.length] ?? '';
    gold.push(
      goldModel(
        domain,
        index,
        [...star, ...silver],
        gold.filter(({ path }) => path.includes(`/${domain}/`)),
      ),
    );
  }
  const views = range(marts).map((index) => mart(index, [...gold, ...star]));
  return [...silver, ...star, ...gold, ...views].map(fileOf);
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

const pick = <T>(items: readonly T[], index: number): T => {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('there is nothing to choose from');
  return item;
};

/** Columns that every generated table has, so that any of them can be joined and measured. */
const COMMON: readonly GeneratedColumn[] = [
  { name: 'row_id', type: 'varchar', checks: ['not_null', 'unique'] },
  { name: 'customer_id', type: 'varchar', checks: ['not_null'] },
  { name: 'product_id', type: 'varchar', checks: [] },
  {
    name: 'status',
    type: 'varchar',
    checks: ['not_null', '{accepted_values: {values: [open, paid, sent, returned]}}'],
  },
  { name: 'happened_at', type: 'timestamp', checks: ['not_null'] },
  { name: 'quantity', type: 'integer', checks: ['{range: {min: -1000, max: 1000}}'] },
  { name: 'amount', type: 'decimal(18,2)', checks: ['not_null', '{range: {min: -100000, max: 100000, action: warn}}'] },
  { name: 'is_valid', type: 'boolean', checks: [] },
];

const ATTRIBUTE_TYPES = ['varchar', 'integer', 'decimal(18,2)', 'timestamp', 'double', 'date', 'boolean'];

const attributes = (count: number): readonly GeneratedColumn[] =>
  range(count).map((index) => ({
    name: `attribute_${index}`,
    type: pick(ATTRIBUTE_TYPES, index),
    checks: index % 3 === 0 ? ['not_null'] : [],
  }));

function source(index: number): SourceTable {
  const columns = [...COMMON, ...attributes(4 + (index % 14))].map(({ name, type }) => ({ name, type }));
  const envelope = [
    { name: '_ingested_at', type: 'timestamp' },
    { name: '_origin', type: 'varchar' },
    { name: '_position', type: 'varchar' },
  ];
  return {
    name: `bronze.source_${index}`,
    format: 'parquet',
    bucket: 'bronze',
    prefix: `source_${index}`,
    columns: [...columns, ...envelope],
    partitionColumns: [{ name: 'ingest_date', type: 'varchar' }],
  };
}

/** The last version of each row of a source, cleaned and in base currency. */
function silverModel(index: number, sources: readonly SourceTable[]): GeneratedModel {
  const main = pick(sources, index);
  const rates = pick(sources, index + 7);
  const extra = main.columns.filter(({ name }) => name.startsWith('attribute_'));
  const list = main.columns.map(({ name }) => name).join(', ');
  const columns = [...COMMON, ...extra.map(({ name, type }) => ({ name, type, checks: [] }))];
  return {
    path: `sql/silver/entity_${index}.sql`,
    name: `silver.entity_${index}`,
    header: [
      `kind: table`,
      'sort_by: [happened_at]',
      'checks:',
      '  - row_count: {min: 1, action: warn}',
      SQL_CHECK(`silver.entity_${index}`),
    ],
    columns,
    sql: `
with

received as (
  -- Of a version received twice, the one received first counts.
  select
    ${list},
    row_number() over (partition by row_id order by _ingested_at desc, _origin, length(_position), _position) as receipt
  from ${main.name}
  where row_id is not null and ingest_date >= '2020-01-01'
),

rates as (
  select
    product_id as currency, cast(happened_at as date) as valid_on,
    max(cast(amount as decimal(18,6))) as rate
  from ${rates.name}
  where is_valid
  group by product_id, cast(happened_at as date)
),

cleaned as (
  select
    received.row_id,
    lower(trim(received.customer_id)) as customer_id,
    nullif(regexp_replace(received.product_id, '[^A-Za-z0-9]', ''), '') as product_id,
    case
      when received.status in ('open', 'new') then 'open'
      when received.status = 'paid' then 'paid'
      when received.status like 's%' then 'sent'
      else 'returned'
    end as status,
    date_trunc('second', received.happened_at) as happened_at,
    coalesce(received.quantity, 1) as quantity,
    cast(round(received.amount / coalesce(rates.rate, 1), 2) as decimal(18,2)) as amount,
    received.amount > 0 and received.quantity between 1 and 1000 as is_valid,
    ${extra.map(({ name }) => `received.${name}`).join(', ')}
  from received
  left join rates on rates.currency = received.product_id and rates.valid_on = cast(received.happened_at as date)
  where received.receipt = 1
)

select
  ${columns.map(({ name }) => name).join(',\n  ')}
from cleaned
where status <> 'returned' or quantity < 0
`,
  };
}

const SQL_CHECK = (table: string): string =>
  `  - sql: {name: paid_has_amount, action: warn, query: "select row_id from ${table} where status = 'paid' and amount is null"}`;

/** Measures by customer, product and day over two inputs, with ranks, running totals and the change to the day before. */
function goldModel(
  domain: string,
  index: number,
  inputs: readonly GeneratedModel[],
  siblings: readonly GeneratedModel[],
): GeneratedModel {
  const main = pick(inputs, index * 7 + 3);
  const other = index % 4 === 3 && siblings.length > 0 ? pick(siblings, index) : pick(inputs, index * 5 + 1);
  const name = `gold.${domain}_${index}`;
  const measures = range(2 + (index % 12)).map((number) => `measure_${number}`);
  const columns: readonly GeneratedColumn[] = [
    ...COMMON.filter(({ name: column }) => column !== 'status' && column !== 'is_valid'),
    { name: 'status', type: 'varchar', checks: ['not_null'] },
    { name: 'is_valid', type: 'boolean', checks: ['not_null'] },
    { name: 'running_amount', type: 'decimal(38,2)', checks: [] },
    { name: 'previous_amount', type: 'decimal(18,2)', checks: [] },
    { name: 'amount_rank', type: 'bigint', checks: ['not_null'] },
    { name: 'share', type: 'double', checks: ['{range: {min: 0, max: 1, action: warn}}'] },
    ...measures.map((measure) => ({ name: measure, type: 'double', checks: [] })),
  ];
  return {
    path: `sql/gold/${domain}/${domain}_${index}.sql`,
    name,
    header: [
      'kind: table',
      'sort_by: [happened_at]',
      'checks:',
      '  - row_count: {min: 1, action: warn}',
      '  - unique: {columns: [customer_id, happened_at]}',
      SQL_CHECK(name),
    ],
    columns,
    sql: `
with

lines as (
  select row_id, customer_id, product_id, status, happened_at, quantity, amount, is_valid
  from ${main.name}
  where is_valid
),

others as (
  select customer_id, count(*) as other_count, sum(amount) as other_amount, max(happened_at) as last_at
  from ${other.name}
  group by customer_id
  having count(*) > 1
),

daily as (
  select
    customer_id,
    date_trunc('day', happened_at) as happened_at,
    min(row_id) as row_id,
    min(product_id) as product_id,
    max(status) as status,
    cast(sum(quantity) as integer) as quantity,
    cast(sum(amount) as decimal(18,2)) as amount,
    bool_or(is_valid) as is_valid,
    ${measures
      .map(
        (measure, at) =>
          `cast(sum(case when quantity > ${at} then amount else 0 end) as double) / ${at + 1}e0 as ${measure}`,
      )
      .join(',\n    ')}
  from lines
  group by customer_id, date_trunc('day', happened_at)
),

ranked as (
  select
    daily.*,
    sum(amount) over (partition by customer_id order by happened_at) as running_amount,
    lag(amount) over (partition by customer_id order by happened_at) as previous_amount,
    rank() over (partition by happened_at order by amount desc, customer_id) as amount_rank,
    sum(amount) over (partition by happened_at) as day_amount
  from daily
)

select
  ranked.row_id,
  ranked.customer_id,
  ranked.product_id,
  ranked.happened_at,
  ranked.quantity,
  ranked.amount,
  case when ranked.amount > coalesce(others.other_amount, 0) then 'paid' else ranked.status end as status,
  ranked.is_valid and others.customer_id is not null as is_valid,
  ranked.running_amount,
  ranked.previous_amount,
  ranked.amount_rank,
  coalesce(cast(ranked.amount as double) / nullif(cast(ranked.day_amount as double), 0e0), 0e0) as share,
  ${measures.map((measure) => `ranked.${measure}`).join(',\n  ')}
from ranked
left join others on others.customer_id = ranked.customer_id and others.last_at >= ranked.happened_at
`.replace(
      'daily.*',
      columns
        .filter(({ name: column }) => DAILY.has(column) || column.startsWith('measure_'))
        .map(({ name: column }) => column)
        .join(', '),
    ),
  };
}

const DAILY: ReadonlySet<string> = new Set([
  'customer_id',
  'happened_at',
  'row_id',
  'product_id',
  'status',
  'quantity',
  'amount',
  'is_valid',
]);

/** A view of totals by month over two tables of gold. */
function mart(index: number, gold: readonly GeneratedModel[]): GeneratedModel {
  const [one, other] = [pick(gold, index * 3), pick(gold, index * 3 + 1)];
  const part = ({ name }: GeneratedModel, label: string): string => `
  select '${label}' as part, date_trunc('month', happened_at) as month, customer_id, amount, quantity
  from ${name}
  where is_valid and amount_rank <= 1000`;
  return {
    path: `sql/marts/view_${index}.sql`,
    name: `marts.view_${index}`,
    header: ['kind: view', 'checks:', '  - row_count: {min: 1, action: warn}', '  - unique: {columns: [part, month]}'],
    columns: [
      { name: 'part', type: 'varchar', checks: ['not_null'] },
      { name: 'month', type: 'timestamp', checks: ['not_null'] },
      { name: 'customers', type: 'bigint', checks: ['not_null'] },
      { name: 'total_amount', type: 'decimal(38,2)', checks: [] },
      { name: 'total_quantity', type: 'bigint', checks: [] },
      { name: 'average_amount', type: 'decimal(18,2)', checks: [] },
    ],
    sql: `
with

both_parts as (${part(one, 'one')}
  union all${part(other, 'other')}
)

select
  part,
  month,
  count(distinct customer_id) as customers,
  sum(amount) as total_amount,
  sum(quantity) as total_quantity,
  avg(amount) as average_amount
from both_parts
group by part, month
`,
  };
}

function fileOf({ path, name, header, columns, sql }: GeneratedModel): ModelFile {
  const described = columns.map(({ name: column, type, checks }) => {
    const list = checks.length === 0 ? '' : `, checks: [${checks.join(', ')}]`;
    return `  - {name: ${column}, type: '${type}', description: What ${name} says of ${column}${list}}`;
  });
  const lines = [`description: Generated table ${name}`, 'owner: data-team', 'grain: one row per row_id', ...header];
  return { path, text: `/*\n${lines.join('\n')}\ncolumns:\n${described.join('\n')}\n*/\n${sql.trim()}\n` };
}
