import { duckDbType, isInterval, quoted } from '../../types.ts';
import type { Target } from '../target.ts';
import { asText, convert } from './cast.ts';
import { decimals, divisor, floating, integers, quotient } from './numbers.ts';
import { aggregate, unnest } from './relations.ts';
import { text } from './text.ts';

/** DuckDB's SQL, over the macros and settings of `DUCKDB_PRELUDE`. */
export const DUCKDB: Target = {
  name: 'duckdb',
  lacks: {},
  namesWindows: true,

  quoted,
  text,
  type: duckDbType,
  table: (parts) => parts.map(quoted).join('.'),

  interval: (count, unit) => `interval '${count} ${unit}'`,
  timestamp: (local, zone) => {
    if (zone === undefined) {
      return `cast(${text(local)} as timestamp)`;
    }
    return /^[+-]\d{1,2}:\d{2}$/.test(zone)
      ? `cast(${text(`${local}${zone}`)} as timestamptz)`
      : `timezone(${text(zone)}, cast(${text(local)} as timestamp))`;
  },
  today: 'athena_today()',
  now: 'athena_now()',
  localTime: (instant, zone) => `timezone(${text(zone)}, ${instant})`,
  instant: (local, zone) => `timezone(${text(zone)}, ${local})`,

  array: (elements) => `[${elements.join(', ')}]`,
  row: (values) => `row(${values.join(', ')})`,
  field: (row, name, index) => `(${row})${name === undefined ? `[${index + 1}]` : `.${quoted(name)}`}`,
  element: (array, index, safe) => (safe ? `${array}[${index}]` : `athena_subscript(${array}, ${index})`),
  entry: (map, key, safe) => (safe ? `${map}[${key}]` : `athena_map_subscript(${map}, ${key})`),
  lambda: (parameters, body) => `lambda ${parameters.join(', ')}: ${body}`,

  convert,
  coerced: ({ sql }) => sql,
  asText,

  like: (value, pattern, escapedBy, negated) =>
    `(${value} ${negated ? 'not ' : ''}like ${pattern}${escapedBy === undefined ? '' : ` escape ${escapedBy}`})`,
  // Two signs in a row would begin a comment.
  negative: (sql) => (/^[\d.]/.test(sql) ? `-${sql}` : sql.startsWith('-') ? `(-(${sql}))` : `(-${sql})`),
  floating,
  integers,
  decimals,
  quotient,
  divisor,
  shifted: (operator, left, right) => {
    const sql = `(${left.sql} ${operator} ${right.sql})`;
    return left.type.kind === 'date' && isInterval(right.type) ? `cast(${sql} as date)` : sql;
  },
  daysBetween: (left, right) => `to_days(cast(${left} - ${right} as integer))`,

  aggregate,
  grouping: (args) => `grouping(${args.join(', ')})`,
  unnest,
  values: (rows) => `values ${rows.map((row) => `(${row.map(({ sql }) => sql).join(', ')})`).join(', ')}`,
  exists: (query) => `exists (${query})`,
  isIn: ({ values, query, negated }) => {
    const value = values.length === 1 ? values[0] : `row(${values.join(', ')})`;
    return `(${value} ${negated ? 'not ' : ''}in (${query}))`;
  },
  quantified: ({ value, operator, quantifier, query }) => `(${value} ${operator} ${quantifier} (${query}))`,
  scalar: (query) => `(${query})`,
  bound: (values, _, write) => write(values),
  sample: (relation, method, percent) => `${relation} tablesample ${method}(${percent}%)`,
};
