import { exactQuotient } from '../translate/operators.ts';
import {
  arrayOf,
  BIGINT,
  BOOLEAN,
  DOUBLE,
  decimal,
  duckDbType,
  isInteger,
  mapOf,
  type SqlType,
  VARCHAR,
} from '../types.ts';
import { type CallSite, functions, like, modified, type Translation } from './signature.ts';

/** Sums of whole numbers are bigint, of decimals decimal(38,s). */
const sum: Translation = (site) => {
  const { sql, type } = site.arg(0);
  const total = site.modified('sum', [sql]);
  if (type.kind === 'decimal') {
    return { sql: total, type: decimal(38, type.scale) };
  }
  const result = isInteger(type) ? BIGINT : type;
  return isInteger(type) || type.kind === 'real'
    ? { sql: `cast(${total} as ${duckDbType(result)})`, type: result }
    : { sql: total, type };
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
  const count = `nullif(${site.modified('count', [sql])}, 0)`;
  return { sql: exactQuotient(site.modified('sum', [sql]), type.scale, count, 0, type), type };
};

const count: Translation = (site) => ({
  sql: site.modified('count', site.call.star || site.args.length === 0 ? ['*'] : [site.arg(0).sql]),
  type: BIGINT,
});

const mapAgg: Translation = (site) => {
  const [key, value] = [site.arg(0), site.arg(1)];
  const pairs = site.modified('list', [
    `case when ${key.sql} is not null then {'k': ${key.sql}, 'v': ${value.sql}} end`,
  ]);
  return { sql: `athena_map_of_pairs(${pairs})`, type: mapOf(key.type, value.type) };
};

const multimapAgg: Translation = (site) => {
  const [key, value] = [site.arg(0), site.arg(1)];
  const pairs = site.modified('list', [
    `case when ${key.sql} is not null then {'k': ${key.sql}, 'v': ${value.sql}} end`,
  ]);
  return { sql: `athena_multimap_of_pairs(${pairs})`, type: mapOf(key.type, arrayOf(value.type)) };
};

/** Percentiles are exact here, which is within any bound that Trino promises. */
const percentile: Translation = (site) => {
  const [value, share] = [site.arg(0), site.arg(1)];
  const type = share.type.kind === 'array' ? arrayOf(value.type) : value.type;
  return { sql: site.modified('quantile_disc', [value.sql, share.sql]), type };
};

const by =
  (one: string, several: string): Translation =>
  (site) =>
    site.args.length === 2
      ? {
          sql: site.modified(
            one,
            site.args.map(({ sql }) => sql),
          ),
          type: site.arg(0).type,
        }
      : {
          sql: site.modified(
            several,
            site.args.map(({ sql }) => sql),
          ),
          type: arrayOf(site.arg(0).type),
        };

const distinctCount: Translation = (site) => ({
  sql: modifiedDistinct(site),
  type: BIGINT,
});

function modifiedDistinct(site: CallSite): string {
  return site.modified('count', [`distinct ${site.arg(0).sql}`]);
}

const several = (args: Parameters<ReturnType<typeof like>>[0]): SqlType => arrayOf(args[0]?.type ?? { kind: 'any' });
const histogramType = (args: Parameters<ReturnType<typeof like>>[0]): SqlType =>
  mapOf(args[0]?.type ?? { kind: 'any' }, BIGINT);

const histogram: Translation = (site) => {
  const { sql, type } = modified(histogramType, 'histogram', 1)(site);
  return { sql: site.arg(0).type.kind === 'any' ? sql : `cast(${sql} as ${duckDbType(type)})`, type };
};

const listagg: Translation = (site) => ({
  sql: site.modified('string_agg', [site.arg(0).sql, site.args[1]?.sql ?? "''"]),
  type: VARCHAR,
});

export const AGGREGATE_FUNCTIONS = functions('aggregate', {
  'any_value(any)': modified(like(0), 'any_value'),
  'approx_distinct(any)': distinctCount,
  'approx_distinct(any, double)': distinctCount,
  'approx_percentile(number, double)': percentile,
  'approx_percentile(number, array)': percentile,
  'arbitrary(any)': modified(like(0), 'any_value'),
  'array_agg(any)': modified(several, 'list'),
  'avg(number)': avg,
  'bool_and(boolean)': modified(BOOLEAN, 'bool_and'),
  'bool_or(boolean)': modified(BOOLEAN, 'bool_or'),
  'corr(double, double)': modified(DOUBLE, 'corr'),
  'count()': count,
  'count(any)': count,
  'count_if(boolean)': (site) => ({
    sql: site.modified('count', [`case when ${site.arg(0).sql} then 1 end`]),
    type: BIGINT,
  }),
  'covar_pop(double, double)': modified(DOUBLE, 'covar_pop'),
  'covar_samp(double, double)': modified(DOUBLE, 'covar_samp'),
  'every(boolean)': modified(BOOLEAN, 'bool_and'),
  'geometric_mean(double)': modified(DOUBLE, 'geometric_mean'),
  'histogram(any)': histogram,
  'listagg(varchar)': listagg,
  'listagg(varchar, varchar)': listagg,
  'map_agg(any, any)': mapAgg,
  'max(any)': modified(like(0), 'max'),
  'max(any, bigint)': modified(several, 'max'),
  'max_by(any, any)': by('arg_max_null', 'arg_max'),
  'max_by(any, any, bigint)': by('arg_max_null', 'arg_max'),
  'min(any)': modified(like(0), 'min'),
  'min(any, bigint)': modified(several, 'min'),
  'min_by(any, any)': by('arg_min_null', 'arg_min'),
  'min_by(any, any, bigint)': by('arg_min_null', 'arg_min'),
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
  'dense_rank()': modified(BIGINT, 'dense_rank'),
  'first_value(any)': modified(like(0), 'first_value'),
  'lag(any)': modified(like(0), 'lag'),
  'lag(any, bigint)': modified(like(0), 'lag'),
  'lag(any, bigint, any)': modified(like(0), 'lag'),
  'last_value(any)': modified(like(0), 'last_value'),
  'lead(any)': modified(like(0), 'lead'),
  'lead(any, bigint)': modified(like(0), 'lead'),
  'lead(any, bigint, any)': modified(like(0), 'lead'),
  'nth_value(any, bigint)': modified(like(0), 'nth_value'),
  'ntile(bigint)': modified(BIGINT, 'ntile'),
  'percent_rank()': modified(DOUBLE, 'percent_rank'),
  'rank()': modified(BIGINT, 'rank'),
  'row_number()': modified(BIGINT, 'row_number'),
});
