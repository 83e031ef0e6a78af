import { BIGINT, BOOLEAN, isText, JSON_TYPE, type SqlType, VARCHAR } from '../types.ts';
import { type CallSite, functions, type Translation, to } from './signature.ts';
import { fill, spell } from './template.ts';

/** The steps of a path of `json_extract`, `$.store["a b"][0]`: names and positions. */
function stepsOf(site: CallSite, index: number): readonly (string | number)[] {
  const path = site.constant(index);
  if (!path.startsWith('$')) {
    return [path];
  }
  const rest = path.slice(1);
  const steps = [...rest.matchAll(/\.([\w-]+)|\[\s*"([^"]*)"\s*\]|\[\s*'([^']*)'\s*\]|\[(\d+)\]/g)];
  if (steps.map(([step]) => step).join('') !== rest) {
    throw site.context.fail('INVALID_ARGUMENTS', `Invalid JSON path: '${path}'`, site.call.at);
  }
  return steps.map(([, name, double, single, position]) =>
    position === undefined ? (name ?? double ?? single ?? '') : Number(position),
  );
}

const DUCKDB_STEP = (step: string | number): string => (typeof step === 'number' ? `[${step}]` : `."${step}"`);
const SPARK_STEP = (step: string | number): string => (typeof step === 'number' ? `[${step}]` : `['${step}']`);

/**
 * In Spark an element of an array of one document comes as JSON text, where that of the document itself would come
 * without its quotes.
 */
function extracted(site: CallSite): string {
  const path = site.context.target.text(`$[*]${stepsOf(site, 1).map(SPARK_STEP).join('')}`);
  return `get_json_object(concat('[', ${site.arg(0).sql}, ']'), ${path})`;
}

/** By a macro of DuckDB's; in Spark by a template over the JSON text that is extracted. */
const extract =
  (macro: string, spark: string, type: SqlType): Translation =>
  (site) => {
    const path = site.context.target.text(`$${stepsOf(site, 1).map(DUCKDB_STEP).join('')}`);
    const operand = { sql: extracted(site), type: JSON_TYPE };
    const sql = spell(site, {
      duckdb: `${macro}(${site.arg(0).sql}, ${path})`,
      spark: fill(spark, [operand], site.context),
    });
    return { sql, type };
  };

/** No longer than the text it is taken from. */
const extractScalar: Translation = (site) => {
  const { sql, type } = site.arg(0);
  const { context } = site;
  const path = context.target.text(`$${stepsOf(site, 1).map(SPARK_STEP).join('')}`);
  const isScalar = `$1 not rlike '^[\\\\[{]' or ${extracted(site)} like '"%'`;
  const plain = { sql: `get_json_object(${sql}, ${path})`, type: VARCHAR };
  return {
    ...extract('athena_json_extract_scalar', '$1', isText(type) ? type : VARCHAR)(site),
    ...(context.target.name === 'spark' && { sql: fill(`case when ${isScalar} then $1 end`, [plain], context) }),
  };
};

const JSON_SIZE = `case when $1 like '{%' then cast(size(json_object_keys($1)) as bigint)
    when $1 like '[%' then cast(json_array_length($1) as bigint) when $1 is not null then 0L end`;

/** Spark has no JSON type: what is no JSON fails here. */
const jsonParse: Translation = (site) => {
  const parsed = "get_json_object(concat('[', $1, ']'), '$[*]')";
  const invalid = site.context.trying ? 'null' : "raise_error('Cannot convert value to JSON')";
  const spark = `case when $1 is not null then coalesce(${parsed}, ${invalid}) end`;
  return to(JSON_TYPE, { duckdb: 'cast(json($1) as json)', spark })(site);
};

export const JSON_FUNCTIONS = functions('scalar', {
  'is_json_scalar(jsontext)': to(BOOLEAN, {
    duckdb: "json_type($1) not in ('OBJECT', 'ARRAY')",
    spark: "(not ltrim($1) rlike '^[\\\\[{]')",
  }),
  'json_array_contains(jsontext, any)': to(BOOLEAN, {
    duckdb: 'athena_json_array_contains($1, $2)',
    spark: "array_contains(from_json($1, 'array<string>'), cast($2 as string))",
  }),
  'json_array_length(jsontext)': to(BIGINT, {
    duckdb: 'athena_json_array_length($1)',
    spark: 'cast(json_array_length($1) as bigint)',
  }),
  'json_extract(jsontext, varchar)': extract('athena_json_extract', '$1', JSON_TYPE),
  'json_extract_scalar(jsontext, varchar)': extractScalar,
  'json_format(json)': to(VARCHAR, { duckdb: 'cast($1 as varchar)', spark: '$1' }),
  'json_parse(varchar)': jsonParse,
  'json_size(jsontext, varchar)': extract('athena_json_size', JSON_SIZE, BIGINT),
});
