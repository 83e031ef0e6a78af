import type { Context } from '../../translate/context.ts';
import type { Operand } from '../../translate/scope.ts';
import { isFloating, isInteger, isNested, isOpen, isText, type SqlType, VARCHAR } from '../../types.ts';
import { bound } from './bound.ts';
import { text } from './text.ts';
import { sparkType } from './types.ts';

/** `cast` and `try_cast`, where Trino's result is not that of Spark in ANSI mode. */
export function convert(operand: Operand, target: SqlType, safe: boolean, context: Context): Operand {
  return { sql: converted(operand, target, safe, context), type: zoned(operand.type, target) };
}

/** An instant keeps the zone that it shows itself in. */
function zoned(from: SqlType, target: SqlType): SqlType {
  const isInstant = (type: SqlType) => type.kind === 'timestamp' && type.zone !== undefined;
  return from.kind === 'timestamp' && from.zone !== undefined && target.kind === 'timestamp' && isInstant(target)
    ? { ...target, zone: from.zone }
    : target;
}

function converted(operand: Operand, target: SqlType, safe: boolean, context: Context): string {
  const { sql, type } = operand;
  const as = (value: string): string => `${safe ? 'try_cast' : 'cast'}(${value} as ${sparkType(target)})`;
  if (target.kind === 'json') {
    return type.kind === 'json' ? sql : jsonText(operand, context);
  }
  if (type.kind === 'json') {
    return fromJson(sql, target, safe, context);
  }
  if (isText(target)) {
    return limited(asText(operand, context), target);
  }
  if (isText(type)) {
    return as(readable(sql, target));
  }
  if (isInteger(target) && (type.kind === 'decimal' || isFloating(type))) {
    return as(`round(${sql})`);
  }
  if (type.kind === 'timestamp' && type.zone !== undefined && target.kind !== type.kind) {
    return as(localTime(sql, type.zone));
  }
  if (type.kind === 'timestamp' && type.zone !== undefined && target.kind === 'timestamp') {
    return target.zone === undefined ? localTime(sql, type.zone) : sql;
  }
  return isNested(type) && isNested(target) && !isPlain(type, target)
    ? nested(operand, target, safe, context)
    : as(sql);
}

/** Spark reads parts of dates too, and dates with a time. */
function readable(sql: string, target: SqlType): string {
  return target.kind === 'date'
    ? `regexp_extract(${sql}, '^\\\\s*([+-]?\\\\d{4,}-\\\\d{1,2}-\\\\d{1,2})\\\\s*$', 1)`
    : sql;
}

/** Whether Spark's conversion of what is nested is Trino's too. */
function isPlain(from: SqlType, to: SqlType): boolean {
  if (from.kind === 'array' && to.kind === 'array') {
    return isPlain(from.element, to.element);
  }
  if (from.kind === 'map' && to.kind === 'map') {
    return isPlain(from.key, to.key) && isPlain(from.value, to.value);
  }
  if (from.kind === 'row' && to.kind === 'row') {
    return from.fields.every((field, index) => isPlain(field.type, to.fields[index]?.type ?? field.type));
  }
  if (isOpen(from) || sparkType(from) === sparkType(to)) {
    return true;
  }
  return !isText(from) && !isText(to) && !(isInteger(to) && (from.kind === 'decimal' || isFloating(from)));
}

function nested({ sql, type }: Operand, target: SqlType, safe: boolean, context: Context): string {
  const inner = (value: string, from: SqlType, to: SqlType): string =>
    converted({ sql: value, type: from }, to, safe, context);
  if (type.kind === 'array' && target.kind === 'array') {
    const item = `\`${context.unique('item')}\``;
    return `transform(${sql}, ${item} -> ${inner(item, type.element, target.element)})`;
  }
  if (type.kind === 'map' && target.kind === 'map') {
    const [key, value] = [`\`${context.unique('k')}\``, `\`${context.unique('v')}\``];
    const values = `transform_values(${sql}, (${key}, ${value}) -> ${inner(value, type.value, target.value)})`;
    return `transform_keys(${values}, (${key}, ${value}) -> ${inner(key, type.key, target.key)})`;
  }
  if (type.kind !== 'row' || target.kind !== 'row') {
    return `cast(${sql} as ${sparkType(target)})`;
  }
  return bound([sql], context, ([row = sql]) => {
    const fields = target.fields.map(({ name, type: to }, index) => {
      const from = type.fields[index];
      const value = `${row}.\`${from?.name ?? `field${index}`}\``;
      return `${text(name ?? `field${index}`)}, ${inner(value, from?.type ?? to, to)}`;
    });
    return `case when ${row} is not null then named_struct(${fields.join(', ')}) end`;
  });
}

/** The value as Trino writes it: doubles as in Java, timestamps with the digits of their precision. */
export function asText({ sql, type }: Operand, context: Context): string {
  if (isText(type)) {
    return sql;
  }
  if (isFloating(type)) {
    return bound([sql], context, ([x = sql]) => floatingText(x, context));
  }
  if (type.kind === 'timestamp') {
    return timestampText(sql, type);
  }
  return `cast(${sql} as string)`;
}

/** One digit before the point, and always an exponent. */
function floatingText(x: string, context: Context): string {
  const digits = (whole: string): string =>
    `regexp_replace(concat(substr(${whole}, 1, 1), '.', regexp_replace(substr(${whole}, 2), '0+$', '')), '[.]$', '.0')`;
  const scientific = bound([`cast(abs(${x}) as string)`], context, ([s = '']) => {
    const small = `regexp_replace(${s}, '^0[.]0*', '')`;
    return `case when ${s} like '%E%' then ${s} when ${s} like '0.%' then concat(${digits(small)}, 'E-', length(${s}) - length(${small}) - 1) else concat(${digits(`replace(${s}, '.', '')`)}, 'E', instr(${s}, '.') - 2) end`;
  });
  const infinite = `abs(${x}) = cast('Infinity' as double)`;
  return `case when isnan(${x}) or ${infinite} then cast(${x} as string) when ${x} = 0 then '0E0' else concat(if(${x} < 0, '-', ''), ${scientific}) end`;
}

function timestampText(sql: string, { precision, zone }: Extract<SqlType, { kind: 'timestamp' }>): string {
  const digits = Math.min(precision, 6);
  const pattern = `yyyy-MM-dd HH:mm:ss${digits === 0 ? '' : `.${'S'.repeat(digits)}`}`;
  const local = `date_format(${zone === undefined ? sql : localTime(sql, zone)}, '${pattern}')`;
  return zone === undefined ? local : `concat(${local}, ${text(` ${zone}`)})`;
}

function limited(sql: string, target: SqlType): string {
  if (target.kind === 'char') {
    const length = target.length ?? 1;
    return `rpad(${sql}, ${length}, ' ')`;
  }
  return target.kind === 'varchar' && target.length !== undefined ? `left(${sql}, ${target.length})` : sql;
}

/** The wall-clock time in a zone; the session's zone is UTC. */
export const localTime = (instant: string, zone: string): string =>
  zone === 'UTC'
    ? `cast(${instant} as timestamp_ntz)`
    : `convert_timezone('UTC', ${text(zone)}, cast(${instant} as timestamp_ntz))`;

/** Any value as JSON text: that of an array of one, without its brackets. */
function jsonText({ sql }: Operand, context: Context): string {
  return bound([sql], context, ([value = sql]) => {
    const list = `to_json(array(${value}), map('ignoreNullFields', 'false'))`;
    return `case when ${value} is not null then regexp_extract(${list}, '(?s)^.(.*).$', 1) end`;
  });
}

function fromJson(sql: string, target: SqlType, safe: boolean, context: Context): string {
  if (isNested(target)) {
    return `from_json(${sql}, ${text(sparkType(target))}${safe ? '' : ", map('mode', 'FAILFAST')"})`;
  }
  const plain = `from_json(concat('{"v":', ${sql}, '}'), 'v string').v`;
  return converted({ sql: plain, type: VARCHAR }, target, safe, context);
}
