import { collected } from '../targets/spark/collected.ts';
import type { Context } from '../translate/context.ts';
import {
  ANY,
  arrayOf,
  BIGINT,
  BOOLEAN,
  commonType,
  DOUBLE,
  decimal,
  INTEGER,
  isInteger,
  mapOf,
  type SqlType,
  VARCHAR,
} from '../types.ts';
import { type CallSite, functions, like, modified, type Translation } from './signature.ts';
import { fill, spell } from './template.ts';

/** Sums of whole numbers are bigint, of decimals decimal(38,s). */
const sum: Translation = (site) => {
  const { sql, type } = site.arg(0);
  const { target } = site.context;
  const total = site.modified('sum', [sql]);
  const result = type.kind === 'decimal' ? decimal(38, type.scale) : isInteger(type) ? BIGINT : type;
  const isCast =
    type.kind === 'real' ||
    (target.name === 'duckdb' ? isInteger(type) : type.kind === 'decimal' && type.precision < 28);
  return { sql: isCast ? `cast(${total} as ${target.type(result)})` : total, type: result };
};

/** The average of a decimal is a decimal of the same type, rounded half up: sum by count, exactly. */
const avg: Translation = (site) => {
  const { sql, type } = site.arg(0);
  if (type.kind !== 'decimal') {
    const average = site.modified('avg', [sql]);
    return type.kind === 'real'
      ? { sql: `cast(${average} as float)`, type }
      : { sql: average, type: type.kind === 'any' ? type : DOUBLE };
  }
  const total = { sql: site.modified('sum', [sql]), type: decimal(38, type.scale), power: type.scale };
  const rows = { sql: `nullif(${site.modified('count', [sql])}, 0)`, type: BIGINT, power: 0 };
  return { sql: site.context.target.quotient(total, rows, type, site.context), type };
};

const count: Translation = (site) => ({
  sql: site.modified('count', site.call.star || site.args.length === 0 ? ['*'] : [site.arg(0).sql]),
  type: BIGINT,
});

const countIf: Translation = (site) => ({
  sql: site.modified('count', [`case when ${site.arg(0).sql} then 1 end`]),
  type: BIGINT,
});

/** Values in the call's order; Spark's own list leaves nulls out and knows no order. */
const arrayAgg: Translation = (site) => {
  const { sql, type } = site.arg(0);
  return { sql: listed(site, sql), type: arrayOf(type) };
};

function listed(site: CallSite, value: string): string {
  return site.context.target.name === 'duckdb'
    ? site.modified('list', [value])
    : orNull(collected(value, site.modifiers, site.context), '$1', site.context);
}

/** A template over a list of Spark's; null where there were no rows. */
const orNull = (list: string, template: string, context: Context): string =>
  fill(`case when size($1) > 0 then ${template} end`, [{ sql: list, type: VARCHAR }], context);

const listagg: Translation = (site) => {
  const { target } = site.context;
  const [value, delimiter = target.text('')] = site.args.map(({ sql }) => sql);
  if (target.name === 'duckdb') {
    return { sql: site.modified('string_agg', [value ?? '', delimiter]), type: VARCHAR };
  }
  const list = collected(value ?? '', site.modifiers, site.context);
  const known = `filter(${list}, x -> x is not null)`;
  return { sql: orNull(known, `array_join($1, ${delimiter})`, site.context), type: VARCHAR };
};

/** Key and value, or null for a key that is null. */
function pairs(site: CallSite): string {
  const [key, value] = site.args.map(({ sql }) => sql);
  const pair = spell(site, {
    duckdb: `{'k': ${key}, 'v': ${value}}`,
    spark: `named_struct('k', ${key}, 'v', ${value})`,
  });
  const known = `case when ${key} is not null then ${pair} end`;
  return site.context.target.name === 'duckdb'
    ? site.modified('list', [known])
    : `filter(${collected(known, site.modifiers, site.context)}, p -> p is not null)`;
}

/** The first value of a key counts; Spark takes the last. */
const mapAgg: Translation = (site) => {
  const type = mapOf(site.arg(0).type, site.arg(1).type);
  const list = pairs(site);
  const map = 'map_concat(map_from_entries($1), map_from_entries(reverse($1)))';
  return { sql: spell(site, { duckdb: `athena_map_of_pairs(${list})`, spark: orNull(list, map, site.context) }), type };
};

const multimapAgg: Translation = (site) => {
  const type = mapOf(site.arg(0).type, arrayOf(site.arg(1).type));
  const list = pairs(site);
  const keys = 'array_distinct($1.k)';
  const map = `map_from_arrays(${keys}, transform(${keys}, k -> transform(filter($1, p -> p.k = k), p -> p.v)))`;
  const sql = spell(site, { duckdb: `athena_multimap_of_pairs(${list})`, spark: orNull(list, map, site.context) });
  return { sql, type };
};

const histogram: Translation = (site) => {
  const { sql, type } = site.arg(0);
  const { target } = site.context;
  const result = mapOf(type, BIGINT);
  if (target.name === 'duckdb') {
    const counts = site.modified('histogram', [sql]);
    return { sql: type.kind === 'any' ? counts : `cast(${counts} as ${target.type(result)})`, type: result };
  }
  const list = site.modified('collect_list', [sql]);
  const counts = 'transform(array_distinct($1), k -> cast(size(filter($1, x -> x = k)) as bigint))';
  return { sql: orNull(list, `map_from_arrays(array_distinct($1), ${counts})`, site.context), type: result };
};

/** Percentiles are exact in DuckDB, and off by one rank in ten thousand in Spark: within what Trino promises. */
const percentile: Translation = (site) => {
  const [value, share] = [site.arg(0), site.arg(1)];
  const type = share.type.kind === 'array' ? arrayOf(value.type) : value.type;
  const { target } = site.context;
  const shares: SqlType = share.type.kind === 'array' ? arrayOf(DOUBLE) : DOUBLE;
  const name = spell(site, { duckdb: 'quantile_disc', spark: 'approx_percentile' });
  const accuracy = target.name === 'spark' ? ['10000'] : [];
  return { sql: site.modified(name, [value.sql, target.coerced(share, shares), ...accuracy]), type };
};

const distinctCount: Translation = (site) => ({
  sql:
    site.context.target.name === 'duckdb'
      ? site.modified('count', [`distinct ${site.arg(0).sql}`])
      : site.modified('approx_count_distinct', [site.arg(0).sql, '0.023e0']),
  type: BIGINT,
});

/** The greatest or least values, or those of the rows where another value is so; `max_by(x, y, 3)`. */
const several =
  (name: string, isDescending: boolean): Translation =>
  (site) => {
    const texts = site.args.map(({ sql }) => sql);
    const [x = '', by = x] = texts.length === 3 ? texts : texts.slice(0, 1);
    const pair = `case when ${by} is not null then named_struct('y', ${by}, 'x', ${x}) end`;
    const sql = spell(site, {
      duckdb: site.modified(name, texts),
      spark: orNull(
        site.modified('collect_list', [pair]),
        `transform(slice(sort_array($1, ${!isDescending}), 1, ${texts.at(-1)}), e -> e.x)`,
        site.context,
      ),
    });
    return { sql, type: arrayOf(site.arg(0).type) };
  };

/** Spark's own fails where one side does not vary. */
const correlation: Translation = (site) => {
  const [x = '', y = ''] = site.args.map(({ sql }) => sql);
  const deviation = (a: string, b: string): string =>
    site.modified('stddev_pop', [`case when ${b} is not null then ${a} end`]);
  const sql = spell(site, {
    duckdb: site.modified('corr', [x, y]),
    spark: `(${site.modified('covar_pop', [x, y])} / nullif(${deviation(x, y)} * ${deviation(y, x)}, 0))`,
  });
  return { sql, type: DOUBLE };
};

const geometricMean: Translation = (site) => {
  const [x] = site.args.map(({ sql }) => sql);
  const sql = spell(site, {
    duckdb: site.modified('geometric_mean', [x ?? '']),
    spark: `exp(${site.modified('avg', [`case when ${x} = 0 then -cast('infinity' as double) else ln(${x}) end`])})`,
  });
  return { sql, type: DOUBLE };
};

/** A function whose numbers are ints in Spark. */
const number =
  (name: string): Translation =>
  (site) => {
    const args = site.args.map(({ sql }) => sql);
    const sql = site.modified(name, args);
    return { sql: site.context.target.coerced({ sql, type: INTEGER }, BIGINT), type: BIGINT };
  };

/** Offset and default of a row before or after; the default has the value's type. */
const neighbour =
  (name: string): Translation =>
  (site) => {
    const [value, offset, otherwise] = site.args;
    const { target } = site.context;
    const type = commonType(value?.type ?? ANY, otherwise?.type ?? { kind: 'null' }) ?? ANY;
    const args = [
      ...(value === undefined ? [] : [target.coerced(value, type)]),
      ...(offset === undefined ? [] : [target.coerced(offset, INTEGER)]),
      ...(otherwise === undefined ? [] : [target.coerced(otherwise, type)]),
    ];
    return { sql: site.modified(name, args), type };
  };

/** A value that is not null. */
const anyValue: Translation = (site) => {
  const { sql, type } = site.arg(0);
  return { sql: site.modified('any_value', site.context.target.name === 'spark' ? [sql, 'true'] : [sql]), type };
};

export const AGGREGATE_FUNCTIONS = functions('aggregate', {
  'any_value(any)': anyValue,
  'approx_distinct(any)': distinctCount,
  'approx_distinct(any, double)': distinctCount,
  'approx_percentile(number, double)': percentile,
  'approx_percentile(number, array)': percentile,
  'arbitrary(any)': anyValue,
  'array_agg(any)': arrayAgg,
  'avg(number)': avg,
  'bool_and(boolean)': modified(BOOLEAN, 'bool_and'),
  'bool_or(boolean)': modified(BOOLEAN, 'bool_or'),
  'corr(double, double)': correlation,
  'count()': count,
  'count(any)': count,
  'count_if(boolean)': countIf,
  'covar_pop(double, double)': modified(DOUBLE, 'covar_pop'),
  'covar_samp(double, double)': modified(DOUBLE, 'covar_samp'),
  'every(boolean)': modified(BOOLEAN, 'bool_and'),
  'geometric_mean(double)': geometricMean,
  'histogram(any)': histogram,
  'listagg(varchar)': listagg,
  'listagg(varchar, varchar)': listagg,
  'map_agg(any, any)': mapAgg,
  'max(any)': modified(like(0), 'max'),
  'max(any, bigint)': several('max', true),
  'max_by(any, any)': modified(like(0), { duckdb: 'arg_max_null', spark: 'max_by' }),
  'max_by(any, any, bigint)': several('arg_max', true),
  'min(any)': modified(like(0), 'min'),
  'min(any, bigint)': several('min', false),
  'min_by(any, any)': modified(like(0), { duckdb: 'arg_min_null', spark: 'min_by' }),
  'min_by(any, any, bigint)': several('arg_min', false),
  'multimap_agg(any, any)': multimapAgg,
  'regr_intercept(double, double)': modified(DOUBLE, 'regr_intercept'),
  'regr_slope(double, double)': modified(DOUBLE, 'regr_slope'),
  'stddev(double)': modified(DOUBLE, 'stddev_samp'),
  'stddev_pop(double)': modified(DOUBLE, 'stddev_pop'),
  'stddev_samp(double)': modified(DOUBLE, 'stddev_samp'),
  'sum(number)': sum,
  'var_pop(double)': modified(DOUBLE, 'var_pop'),
  'var_samp(double)': modified(DOUBLE, 'var_samp'),
  'variance(double)': modified(DOUBLE, 'var_samp'),
});

export const WINDOW_FUNCTIONS = functions('window', {
  'cume_dist()': modified(DOUBLE, 'cume_dist'),
  'dense_rank()': number('dense_rank'),
  'first_value(any)': modified(like(0), 'first_value'),
  'lag(any)': neighbour('lag'),
  'lag(any, bigint)': neighbour('lag'),
  'lag(any, bigint, any)': neighbour('lag'),
  'last_value(any)': modified(like(0), 'last_value'),
  'lead(any)': neighbour('lead'),
  'lead(any, bigint)': neighbour('lead'),
  'lead(any, bigint, any)': neighbour('lead'),
  'nth_value(any, bigint)': modified(like(0), 'nth_value'),
  'ntile(bigint)': number('ntile'),
  'percent_rank()': modified(DOUBLE, 'percent_rank'),
  'rank()': number('rank'),
  'row_number()': number('row_number'),
});
