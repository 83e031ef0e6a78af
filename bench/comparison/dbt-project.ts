import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { DUCKDB_PRELUDE } from '../../engine/dialect/prelude.ts';
import type { CompiledModel, Manifest } from '../../engine/manifest.ts';
import type { Check } from '../../engine/model.ts';
import { AS_OF } from './data.ts';
import { DUCKDB_MEMORY, THREADS, usedSources } from './project.ts';
import { writeTables } from './tables.ts';

/** The file in which dbt keeps its tables, and the name under which `tables.json` knows it. */
export const WAREHOUSE = 'warehouse.duckdb';

/**
 * Writes a dbt project of the same SELECTs and checks to `folder`. Tables that grow by the day are incremental, as their
 * authors would write them: new rows by the time they were received, put in by delete and insert.
 */
export async function writeDbtProject(manifest: Manifest, data: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const files = {
    'dbt_project.yml': stringify(project(manifest)),
    'profiles.yml': stringify(profiles(folder)),
    'models/schema.yml': stringify(schema(manifest, data)),
    ...Object.fromEntries(manifest.models.map((model) => [`models/${tableOf(model)}.sql`, modelFile(model)])),
    ...Object.fromEntries(Object.entries(TESTS).map(([name, text]) => [`tests/generic/${name}.sql`, text])),
  };
  for (const part of ['models', 'tests/generic']) await mkdir(join(folder, part), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const tables = manifest.models.map((model) => [model.name, `select * from warehouse.main.${tableOf(model)}`]);
  await writeTables(folder, Object.fromEntries(tables));
}

const tableOf = ({ name }: Pick<CompiledModel, 'name'>): string => name.split('.')[1] ?? name;

const project = ({ models }: Manifest) => ({
  name: 'comparison',
  version: '1.0.0',
  profile: 'comparison',
  flags: { send_anonymous_usage_stats: false },
  models: { comparison: { '+materialized': 'table' } },
  'on-run-start': usedMacros(models.map(({ sql }) => sql.duckdb).join('\n')),
});

/** The macros that the SELECTs call, kept in the warehouse. */
function usedMacros(sql: string): readonly string[] {
  const macros = DUCKDB_PRELUDE.flatMap((statement) => {
    const name = /macro (\w+)\(/.exec(statement)?.[1];
    return name !== undefined && sql.includes(`${name}(`) ? [statement.replace('temp macro', 'macro')] : [];
  });
  return macros.map((macro) =>
    macro.includes(' athena_today(') ? `create or replace macro athena_today() as date '${AS_OF}'` : macro,
  );
}

const profiles = (folder: string) => ({
  comparison: {
    target: 'dev',
    outputs: {
      dev: {
        type: 'duckdb',
        path: join(folder, WAREHOUSE),
        threads: THREADS,
        settings: {
          threads: THREADS,
          memory_limit: DUCKDB_MEMORY,
          preserve_insertion_order: false,
          TimeZone: 'UTC',
          default_null_order: 'nulls_last',
          integer_division: true,
          ieee_floating_point_ops: true,
        },
      },
    },
  },
});

interface Incremental {
  readonly uniqueKey: string;
  /** What the table reads anew, and which of its rows. */
  readonly from: string;
  readonly newRows: string;
  /** The table's own column that tells how far it has come. */
  readonly loadedAt: string;
}

const INCREMENTAL: Readonly<Record<string, Incremental>> = {
  order_lines: {
    uniqueKey: 'order_line_id',
    from: 'bronze.pos_transactions',
    newRows: `ingest_date >= cast('{{ last }}' as date) and _ingested_at > cast('{{ last }}' as timestamp)`,
    loadedAt: 'ingested_at',
  },
  fact_sale: {
    uniqueKey: 'sale_id',
    from: 'silver.order_lines',
    newRows: `ingested_at > cast('{{ last }}' as timestamp)`,
    loadedAt: 'ingested_at',
  },
  sales_by_day: {
    uniqueKey: 'sale_date',
    from: 'gold.fact_sale',
    newRows: `date_key in (select date_key from {{ ref('fact_sale') }} where ingested_at > cast('{{ last }}' as timestamp))`,
    loadedAt: 'last_ingested_at',
  },
};

function modelFile(model: CompiledModel): string {
  const incremental = INCREMENTAL[tableOf(model)];
  const sql = model.sql.duckdb.replaceAll(
    /(?<=(?:from|join) )"(\w+)"\."(\w+)"(?= as )/g,
    (_all, schema: string, table: string) =>
      incremental?.from === `${schema}.${table}`
        ? `{% if is_incremental() %}(select * from ${reference(schema, table)} where ${incremental.newRows}){% else %}${reference(schema, table)}{% endif %}`
        : reference(schema, table),
  );
  if (incremental === undefined) return `${sql}\n`;
  const { uniqueKey, loadedAt } = incremental;
  return `{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='${uniqueKey}') }}
{% if is_incremental() %}{% set last = run_query('select max(${loadedAt}) from ' ~ this).columns[0][0] %}{% endif %}
${sql}
`;
}

const reference = (schema: string, table: string): string =>
  schema === 'bronze' ? `{{ source('bronze', '${table}') }}` : `{{ ref('${table}') }}`;

const schema = (manifest: Manifest, data: string) => ({
  sources: [
    {
      name: 'bronze',
      config: {
        meta: { external_location: `read_parquet('${data}/bronze/{name}/*/*/*.parquet', hive_partitioning = true)` },
      },
      tables: usedSources(manifest).map(({ prefix }) => ({ name: prefix })),
    },
  ],
  models: manifest.models.map((model) => ({
    name: tableOf(model),
    data_tests: model.checks.filter(({ columns, rule }) => isOfTable(columns, rule)).map(test),
    columns: model.columns.map(({ name }) => ({
      name,
      data_tests: model.checks
        .filter(({ columns, rule }) => !isOfTable(columns, rule) && columns[0] === name)
        .map(test),
    })),
  })),
});

const isOfTable = (columns: readonly string[], rule: string): boolean =>
  columns.length !== 1 || rule === 'sum_equals' || rule === 'row_count';

function test(check: Check): unknown {
  const { rule, columns, arguments: given } = check;
  switch (rule) {
    case 'not_null':
      return 'not_null';
    case 'unique':
      return columns.length === 1 ? 'unique' : { unique_columns: { arguments: { columns } } };
    case 'accepted_values':
      return { accepted_values: { arguments: { values: given.values } } };
    case 'relationships':
      return {
        relationships: { arguments: { to: `ref('${String(given.to).split('.')[1]}')`, field: given.column } },
      };
    case 'range':
      return { in_range: { arguments: { min: given.min ?? null, max: given.max ?? null } } };
    case 'row_count':
      return 'has_rows';
    case 'sum_equals': {
      const to = `ref('${String(given.to).split('.')[1]}')`;
      return { sum_equals: { arguments: { column: columns[0], to, to_column: given.to_column } } };
    }
    default:
      throw new RangeError(`no dbt test for ${rule}`);
  }
}

/** Generic tests that dbt does not bring along. */
const TESTS: Readonly<Record<string, string>> = {
  in_range: `{% test in_range(model, column_name, min, max) %}
select {{ column_name }} from {{ model }}
where {% if min is not none %}{{ column_name }} < {{ min }}{% else %}false{% endif %}
   or {% if max is not none %}{{ column_name }} > {{ max }}{% else %}false{% endif %}
{% endtest %}
`,
  unique_columns: `{% test unique_columns(model, columns) %}
select {{ columns | join(', ') }} from {{ model }} group by all having count(*) > 1
{% endtest %}
`,
  has_rows: `{% test has_rows(model) %}
select 1 where not exists (select 1 from {{ model }})
{% endtest %}
`,
  sum_equals: `{% test sum_equals(model, column, to, to_column) %}
select 1 where (select coalesce(sum({{ column }}), 0) from {{ model }}) <> (select coalesce(sum({{ to_column }}), 0) from {{ to }})
{% endtest %}
`,
};
