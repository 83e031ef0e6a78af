import { formatted, parsePattern } from '../targets/spark/date-format.ts';
import type { Context } from '../translate/context.ts';
import type { Operand } from '../translate/scope.ts';
import { BIGINT, DATE, DOUBLE, TIMESTAMP, TIMESTAMP_UTC, VARCHAR } from '../types.ts';
import { fromJodaPattern, fromMySqlFormat } from './date-formats.ts';
import { type CallSite, functions, type Translation, to } from './signature.ts';
import { fill, fromLocal, localTime, spell } from './template.ts';

const INTERVALS: Readonly<Record<string, string>> = {
  millisecond: 'to_milliseconds($)',
  second: 'to_seconds($)',
  minute: 'to_minutes($)',
  hour: 'to_hours($)',
  day: 'to_days(cast($ as integer))',
  week: 'to_weeks(cast($ as integer))',
  month: 'to_months(cast($ as integer))',
  quarter: 'to_months(cast(3 * $ as integer))',
  year: 'to_years(cast($ as integer))',
};

/** The unit that a date function's first argument names. */
function unitOf(site: CallSite): string {
  const unit = site.constant(0).toLowerCase();
  if (INTERVALS[unit] === undefined) {
    throw site.context.fail('INVALID_ARGUMENTS', `'${unit}' is not a valid Timestamp field`, site.call.at);
  }
  return unit;
}

const MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };
const DAYS: Readonly<Record<string, number>> = { day: 1, week: 7 };

const times = (sql: string, factor: number): string => (factor === 1 ? sql : `(${sql}) * ${factor}`);

/** Spark's own functions where dates stay dates, since TIMESTAMPADD would take them for instants. */
function sparkAdd(unit: string, count: string, { sql, type }: Operand): string {
  const [months, days] = [MONTHS[unit], DAYS[unit]];
  if (type.kind === 'date' && months !== undefined) {
    return `add_months(${sql}, ${times(count, months)})`;
  }
  if (type.kind === 'date' && days !== undefined) {
    return `date_add(${sql}, ${times(count, days)})`;
  }
  return `timestampadd(${unit.toUpperCase()}, ${count}, cast(${sql} as timestamp_ntz))`;
}

const dateAdd: Translation = (site) => {
  const { target } = site.context;
  const value = site.arg(2);
  const local = { sql: localTime(value, target), type: value.type };
  const unit = unitOf(site);
  const sql = spell(site, {
    duckdb: `(${local.sql} + ${(INTERVALS[unit] ?? '').replace('$', site.arg(1).sql)})`,
    spark: sparkAdd(unit, fill('$2int', site.args, site.context), local),
  });
  return fromLocal(sql, value.type, target);
};

/** Months are complete when so many months after the first point, or its month's last day, the second is reached. */
function sparkMonths(from: string, to: string, isDate: boolean, context: Context): string {
  return context.target.bound([from, to], context, ([a = '', b = '']) => {
    const between = (low: string, high: string): string => {
      const months = `((year(${high}) - year(${low})) * 12 + month(${high}) - month(${low}))`;
      const reached = isDate ? `add_months(${low}, ${months})` : `timestampadd(MONTH, ${months}, ${low})`;
      return `${months} - if(${reached} > ${high}, 1, 0)`;
    };
    return `cast(case when ${a} <= ${b} then ${between(a, b)} else -(${between(b, a)}) end as bigint)`;
  });
}

function sparkDiff(unit: string, from: Operand, to: Operand, context: Context): string {
  const isDate = from.type.kind === 'date' && to.type.kind === 'date';
  const [a, b] = isDate ? [from.sql, to.sql] : [from, to].map(({ sql }) => `cast(${sql} as timestamp_ntz)`);
  const [months, days] = [MONTHS[unit], DAYS[unit]];
  if (months !== undefined) {
    const total = sparkMonths(a ?? '', b ?? '', isDate, context);
    return months === 1 ? total : `(${total} div ${months})`;
  }
  if (isDate && days !== undefined) {
    return days === 1 ? `cast(datediff(${b}, ${a}) as bigint)` : `(datediff(${b}, ${a}) div ${days})`;
  }
  return `timestampdiff(${unit.toUpperCase()}, ${a}, ${b})`;
}

/** Whole units between two points, as DuckDB's `date_sub` counts them. */
const dateDiff: Translation = (site) => {
  const { target } = site.context;
  const [from, to] = [site.arg(1), site.arg(2)].map((operand) => ({ ...operand, sql: localTime(operand, target) }));
  const unit = unitOf(site);
  const width = unit === 'week' ? ' // 7' : '';
  const sql = spell(site, {
    duckdb: `(date_sub(${target.text(unit === 'week' ? 'day' : unit)}, ${from?.sql}, ${to?.sql})${width})`,
    spark: sparkDiff(unit, from ?? site.arg(1), to ?? site.arg(2), site.context),
  });
  return { sql, type: BIGINT };
};

const dateTrunc: Translation = (site) => {
  const { target } = site.context;
  const value = site.arg(1);
  const unit = unitOf(site);
  const local = localTime(value, target);
  const ofDate = unit === 'day' ? local : `trunc(${local}, '${unit}')`;
  const sql = spell(site, {
    duckdb: `date_trunc(${target.text(unit)}, ${local})`,
    spark: value.type.kind === 'date' ? ofDate : `cast(date_trunc('${unit}', ${local}) as timestamp_ntz)`,
  });
  return fromLocal(sql, value.type, target);
};

/** Formats must be literals: they are translated, not interpreted. */
function withFormat<T>(site: CallSite, translate: (format: string) => string, use: (strftime: string) => T): T {
  try {
    return use(translate(site.constant(1)));
  } catch (error) {
    if (error instanceof RangeError) {
      throw site.context.fail('INVALID_ARGUMENTS', error.message, site.call.at);
    }
    throw error;
  }
}

const formatBy =
  (translate: (format: string) => string): Translation =>
  (site) => {
    const { target } = site.context;
    const [value, local] = [site.arg(0), localTime(site.arg(0), target)];
    const sql = withFormat(site, translate, (format) =>
      target.name === 'spark'
        ? formatted(value.type.kind === 'date' ? `cast(${local} as timestamp_ntz)` : local, format)
        : `strftime(${local}, ${target.text(format)})`,
    );
    return { sql, type: VARCHAR };
  };

/** The time without zone that a text says in a format. */
function parsed(site: CallSite, translate: (format: string) => string): string {
  const { target, trying } = site.context;
  const { sql } = site.arg(0);
  return withFormat(site, translate, (format) => {
    if (target.name === 'duckdb') {
      return `strptime(${sql}, ${target.text(format)})`;
    }
    const pattern = target.text(parsePattern(format));
    return trying
      ? `cast(try_to_timestamp(${sql}, ${pattern}) as timestamp_ntz)`
      : `to_timestamp_ntz(${sql}, ${pattern})`;
  });
}

const dateParse: Translation = (site) => ({ sql: parsed(site, fromMySqlFormat), type: TIMESTAMP });

const parseDatetime: Translation = (site) => {
  const { target } = site.context;
  const local = `cast(${parsed(site, fromJodaPattern)} as ${target.type(TIMESTAMP)})`;
  return { sql: target.instant(local, 'UTC'), type: TIMESTAMP_UTC };
};

/** The instant shown in another zone; a timestamp without zone is taken as UTC. */
export function atTimeZone(value: Operand, zone: string, { target }: Context): Operand {
  const { type } = value;
  const precision = type.kind === 'timestamp' ? type.precision : 3;
  const zoned = type.kind === 'timestamp' && type.zone !== undefined;
  const local = `cast(${value.sql} as ${target.type(TIMESTAMP)})`;
  const sql = zoned || type.kind === 'any' ? value.sql : target.instant(local, 'UTC');
  return { sql, type: { kind: 'timestamp', precision, zone } };
}

const withTimezone: Translation = (site) => {
  const { target } = site.context;
  const { sql, type } = site.arg(0);
  const zone = site.constant(1);
  const precision = type.kind === 'timestamp' ? type.precision : 3;
  const local = `cast(${sql} as ${target.type(TIMESTAMP)})`;
  return { sql: target.instant(local, zone), type: { kind: 'timestamp', precision, zone } };
};

const toIso8601: Translation = (site) => {
  const { target } = site.context;
  const value = site.arg(0);
  if (value.type.kind === 'date') {
    return { sql: target.asText(value, site.context), type: VARCHAR };
  }
  const isZoned = value.type.kind === 'timestamp' && value.type.zone !== undefined;
  const local = isZoned ? target.localTime(value.sql, 'UTC') : value.sql;
  const suffix = isZoned ? ` || 'Z'` : '';
  const sql = spell(site, {
    duckdb: `strftime(${local}, '%Y-%m-%dT%H:%M:%S.%g')`,
    spark: formatted(local, '%Y-%m-%dT%H:%M:%S.%g'),
  });
  return { sql: `(${sql}${suffix})`, type: VARCHAR };
};

/** A part of a point in time, by the functions of both engines. */
const field = (duckdb: string, spark = `${duckdb}($1local)`): Translation =>
  to(BIGINT, { duckdb: `${duckdb}($1local)`, spark: `cast(${spark} as bigint)` });
const DAY_OF_WEEK = field('isodow', 'weekday($1local) + 1');
const DAY_OF_YEAR = field('dayofyear');
const WEEK = field('weekofyear');
const YEAR_OF_WEEK = field('isoyear', 'extract(yearofweek from $1local)');

/** A text as the date it says. */
const asDate: Translation = ({ args: [value], context }) =>
  context.target.convert(value ?? { sql: 'null', type: DATE }, DATE, context.trying, context);

export const DATE_FUNCTIONS = functions('scalar', {
  'at_timezone(timestamp, varchar)': (site) => atTimeZone(site.arg(0), site.constant(1), site.context),
  'current_timezone()': to(VARCHAR, "'UTC'"),
  'date(any)': asDate,
  'date_add(varchar, bigint, datetime)': dateAdd,
  'date_diff(varchar, datetime, datetime)': dateDiff,
  'date_format(datetime, varchar)': formatBy(fromMySqlFormat),
  'date_parse(varchar, varchar)': dateParse,
  'date_trunc(varchar, datetime)': dateTrunc,
  'day(datetime)': field('day'),
  'day_of_month(datetime)': field('day'),
  'day_of_week(datetime)': DAY_OF_WEEK,
  'day_of_year(datetime)': DAY_OF_YEAR,
  'dow(datetime)': DAY_OF_WEEK,
  'doy(datetime)': DAY_OF_YEAR,
  'format_datetime(datetime, varchar)': formatBy(fromJodaPattern),
  'from_iso8601_date(varchar)': asDate,
  'from_iso8601_timestamp(varchar)': to(TIMESTAMP_UTC, {
    duckdb: 'cast($1 as timestamptz)',
    spark: 'cast($1 as timestamp_ltz)',
  }),
  'from_unixtime(number)': to(TIMESTAMP_UTC, {
    duckdb: 'to_timestamp(cast($1 as double))',
    spark: 'timestamp_millis(cast(round($1 * 1e3) as bigint))',
  }),
  'hour(timestamp)': field('hour'),
  'last_day_of_month(datetime)': to(DATE, { duckdb: 'last_day($1local)', spark: 'last_day(cast($1local as date))' }),
  'millisecond(timestamp)': to(BIGINT, {
    duckdb: '(millisecond($1local) % 1000)',
    spark: "cast(date_format($1local, 'SSS') as bigint)",
  }),
  'minute(timestamp)': field('minute'),
  'month(datetime)': field('month'),
  'now()': ({ context }) => ({ sql: context.target.now, type: TIMESTAMP_UTC }),
  'parse_datetime(varchar, varchar)': parseDatetime,
  'quarter(datetime)': field('quarter'),
  'second(timestamp)': field('second'),
  'timezone_hour(timestamp)': to(BIGINT, {
    duckdb: "date_diff('hour', timezone('UTC', $1), $1local)",
    spark: 'timestampdiff(HOUR, cast($1 as timestamp_ntz), $1local)',
  }),
  'to_iso8601(datetime)': toIso8601,
  'to_milliseconds(interval)': to(BIGINT, {
    duckdb: 'cast(epoch($1) * 1000 as bigint)',
    spark: "unix_millis(timestamp_ltz '1970-01-01 00:00:00' + $1)",
  }),
  'to_unixtime(datetime)': to(DOUBLE, { duckdb: 'epoch($1)', spark: '(unix_micros(cast($1 as timestamp_ltz)) / 1e6)' }),
  'week(datetime)': WEEK,
  'week_of_year(datetime)': WEEK,
  'with_timezone(datetime, varchar)': withTimezone,
  'year(datetime)': field('year'),
  'year_of_week(datetime)': YEAR_OF_WEEK,
  'yow(datetime)': YEAR_OF_WEEK,
});
