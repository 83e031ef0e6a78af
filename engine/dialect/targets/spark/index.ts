import { isInterval, type SqlType } from '../../types.ts';
import type { Target } from '../target.ts';
import { bound } from './bound.ts';
import { asText, convert, localTime } from './cast.ts';
import { coerced } from './coerced.ts';
import { decimals, divisor, floating, integers, quotient } from './numbers.ts';
import { AS_OF } from './prelude.ts';
import { aggregate, exists, grouping, isIn, quantified, scalar, unnest, values } from './relations.ts';
import { text } from './text.ts';
import { quoted, sparkType } from './types.ts';

/** Spark SQL 3.5 in ANSI mode, under the settings of `SPARK_PRELUDE`. */
export const SPARK: Target = {
  name: 'spark',
  lacks: {
    time: 'Spark has no type TIME: keep a timestamp, or the seconds of the day as a number',
    recursion: 'Spark has no recursive common tables: unnest a sequence(…) instead',
    groups: 'Spark has no frames of GROUPS: use RANGE, or ROWS over dense_rank()',
    sample: 'TABLESAMPLE picks other rows on each engine: filter by the hash of a key instead',
    time_travel: 'A version of a table is chosen by whoever runs the query on Spark: leave FOR … AS OF out',
  },
  namesWindows: false,

  quoted,
  text,
  type: sparkType,
  // A temporary view bears the whole name.
  table: (parts) => quoted(parts.join('.')),

  interval: (count, unit) =>
    unit === 'millisecond' ? `interval '${count / 1000}' second` : `interval '${count}' ${unit}`,
  timestamp: (local, zone) =>
    zone === undefined ? `cast(${text(local)} as timestamp_ntz)` : `cast(${text(`${local} ${zone}`)} as timestamp_ltz)`,
  today: `coalesce(cast(${AS_OF} as date), current_date())`,
  now: `coalesce(cast(${AS_OF} as timestamp_ltz), current_timestamp())`,
  localTime,
  instant: (local, zone) =>
    zone === 'UTC'
      ? `cast(${local} as timestamp_ltz)`
      : `cast(convert_timezone(${text(zone)}, 'UTC', ${local}) as timestamp_ltz)`,

  array: (elements) => `array(${elements.join(', ')})`,
  row: (items) => `named_struct(${items.map((item, index) => `'field${index}', ${item}`).join(', ')})`,
  field: (row, name, index) => `(${row}).${quoted(name ?? `field${index}`)}`,
  element: (array, index, safe) => {
    const position = /^\d+$/.test(index) ? String(Number(index) - 1) : `cast(${index} as int) - 1`;
    return safe ? `get(${array}, ${position})` : `${array}[${position}]`;
  },
  entry: (map, key, safe, context) =>
    safe
      ? `${map}[${key}]`
      : bound([map, key], context, ([m, k]) => {
          const missing = `raise_error(concat('Key not present in map: ', cast(${k} as string)))`;
          return `case when ${m} is null or map_contains_key(${m}, ${k}) then ${m}[${k}] else ${missing} end`;
        }),
  lambda: (parameters, body) => `${parameters.length === 1 ? parameters[0] : `(${parameters.join(', ')})`} -> ${body}`,

  convert,
  coerced,
  asText,

  like: (value, pattern, escapedBy, negated) => {
    // Spark escapes by a backslash unless told otherwise.
    const isPlain = escapedBy === undefined && /^'[^'\\]*'$/.test(pattern);
    const escaping = isPlain ? '' : ` escape ${escapedBy ?? "'\\u0001'"}`;
    return `(${value} ${negated ? 'not ' : ''}like ${pattern}${escaping})`;
  },
  // Two signs in a row would begin a comment.
  negative: (sql) => (/^[\d.]/.test(sql) ? `-${sql}` : sql.startsWith('-') ? `(-(${sql}))` : `(-${sql})`),
  floating,
  integers,
  decimals,
  quotient,
  divisor,
  shifted: (operator, left, right) => {
    if (left.type.kind === 'date' && right.type.kind === 'interval_day') {
      // An interval of whole days gives a date, any other a timestamp in the session's zone.
      return /^interval '-?\d+' day$/.test(right.sql)
        ? `(${left.sql} ${operator} ${right.sql})`
        : `cast(cast(${left.sql} as timestamp_ntz) ${operator} ${right.sql} as date)`;
    }
    const side = ({ sql, type }: { sql: string; type: SqlType }): string =>
      type.kind === 'date' && !isInterval(right.type) ? `cast(${sql} as timestamp_ntz)` : sql;
    return `(${side(left)} ${operator} ${side(right)})`;
  },
  daysBetween: (left, right) => `cast(${left} - ${right} as interval day to second)`,

  aggregate,
  grouping,
  unnest,
  values,
  sample: (relation) => relation,
  exists,
  isIn,
  quantified,
  scalar,
  bound,
};
