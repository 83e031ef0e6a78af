import { text } from '../translate/literals.ts';
import type { Operand } from '../translate/scope.ts';
import { BIGINT, DATE, DOUBLE, TIMESTAMP, TIMESTAMP_UTC, VARCHAR } from '../types.ts';
import { fromJodaPattern, fromMySqlFormat } from './date-formats.ts';
import { type CallSite, fromLocal, functions, localTime, type Translation, to } from './signature.ts';

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

const dateAdd: Translation = (site) => {
  const value = site.arg(2);
  const interval = (INTERVALS[unitOf(site)] ?? '').replace('$', site.arg(1).sql);
  return fromLocal(`(${localTime(value)} + ${interval})`, value.type);
};

/** Whole units between two points, as DuckDB's `date_sub` counts them. */
const dateDiff: Translation = (site) => {
  const [from, to] = [site.arg(1), site.arg(2)].map((operand) => localTime(operand));
  const unit = unitOf(site);
  const width = unit === 'week' ? ' // 7' : '';
  return { sql: `(date_sub(${text(unit === 'week' ? 'day' : unit)}, ${from}, ${to})${width})`, type: BIGINT };
};

const dateTrunc: Translation = (site) => {
  const value = site.arg(1);
  return fromLocal(`date_trunc(${text(unitOf(site))}, ${localTime(value)})`, value.type);
};

/** Formats must be literals: they are translated, not interpreted. */
function formatOf(site: CallSite, translate: (format: string) => string): string {
  try {
    return text(translate(site.constant(1)));
  } catch (error) {
    if (error instanceof RangeError) {
      throw site.context.fail('INVALID_ARGUMENTS', error.message, site.call.at);
    }
    throw error;
  }
}

const formatBy =
  (translate: (format: string) => string): Translation =>
  (site) => ({ sql: `strftime(${localTime(site.arg(0))}, ${formatOf(site, translate)})`, type: VARCHAR });

const dateParse: Translation = (site) => ({
  sql: `strptime(${site.arg(0).sql}, ${formatOf(site, fromMySqlFormat)})`,
  type: TIMESTAMP,
});

const parseDatetime: Translation = (site) => ({
  sql: `timezone('UTC', cast(strptime(${site.arg(0).sql}, ${formatOf(site, fromJodaPattern)}) as timestamp))`,
  type: TIMESTAMP_UTC,
});

/** The instant shown in another zone; a timestamp without zone is taken as UTC. */
export function atTimeZone(value: Operand, zone: string): Operand {
  const { type } = value;
  const precision = type.kind === 'timestamp' ? type.precision : 3;
  const zoned = type.kind === 'timestamp' && type.zone !== undefined;
  const sql = zoned || type.kind === 'any' ? value.sql : `timezone('UTC', cast(${value.sql} as timestamp))`;
  return { sql, type: { kind: 'timestamp', precision, zone } };
}

const withTimezone: Translation = (site) => {
  const { sql, type } = site.arg(0);
  const zone = site.constant(1);
  const precision = type.kind === 'timestamp' ? type.precision : 3;
  return { sql: `timezone(${text(zone)}, cast(${sql} as timestamp))`, type: { kind: 'timestamp', precision, zone } };
};

const toIso8601: Translation = (site) => {
  const value = site.arg(0);
  if (value.type.kind === 'date') {
    return { sql: `cast(${value.sql} as varchar)`, type: VARCHAR };
  }
  const suffix = value.type.kind === 'timestamp' && value.type.zone !== undefined ? ` || 'Z'` : '';
  const instant = suffix === '' ? value.sql : `timezone('UTC', ${value.sql})`;
  return { sql: `(strftime(${instant}, '%Y-%m-%dT%H:%M:%S.%g')${suffix})`, type: VARCHAR };
};

const field = (name: string): Translation => to(BIGINT, `${name}($1local)`);
const DAY_OF_WEEK = field('isodow');
const DAY_OF_YEAR = field('dayofyear');
const WEEK = field('weekofyear');
const YEAR_OF_WEEK = field('isoyear');

export const DATE_FUNCTIONS = functions('scalar', {
  'at_timezone(timestamp, varchar)': (site) => atTimeZone(site.arg(0), site.constant(1)),
  'current_timezone()': to(VARCHAR, "'UTC'"),
  'date(any)': (site) => ({ sql: `cast(${localTime(site.arg(0))} as date)`, type: DATE }),
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
  'from_iso8601_date(varchar)': to(DATE, 'cast($1 as date)'),
  'from_iso8601_timestamp(varchar)': to(TIMESTAMP_UTC, 'cast($1 as timestamptz)'),
  'from_unixtime(number)': to(TIMESTAMP_UTC, 'to_timestamp(cast($1 as double))'),
  'hour(timestamp)': field('hour'),
  'last_day_of_month(datetime)': to(DATE, 'last_day($1local)'),
  'millisecond(timestamp)': to(BIGINT, '(millisecond($1local) % 1000)'),
  'minute(timestamp)': field('minute'),
  'month(datetime)': field('month'),
  'now()': to(TIMESTAMP_UTC, 'athena_now()'),
  'parse_datetime(varchar, varchar)': parseDatetime,
  'quarter(datetime)': field('quarter'),
  'second(timestamp)': field('second'),
  'timezone_hour(timestamp)': to(BIGINT, "date_diff('hour', timezone('UTC', $1), $1local)"),
  'to_iso8601(datetime)': toIso8601,
  'to_milliseconds(interval)': to(BIGINT, 'cast(epoch($1) * 1000 as bigint)'),
  'to_unixtime(datetime)': to(DOUBLE, 'epoch($1)'),
  'week(datetime)': WEEK,
  'week_of_year(datetime)': WEEK,
  'with_timezone(datetime, varchar)': withTimezone,
  'year(datetime)': field('year'),
  'year_of_week(datetime)': YEAR_OF_WEEK,
  'yow(datetime)': YEAR_OF_WEEK,
});
