import type { Expression } from '../ast.ts';
import {
  duckDbType,
  fieldName,
  isFloating,
  isInteger,
  isOpen,
  isText,
  quoted,
  type SqlType,
  typeName,
  typeOf,
} from '../types.ts';
import type { Context } from './context.ts';
import { text } from './literals.ts';
import type { Operand } from './scope.ts';

/** `cast` and `try_cast`, where Trino's result is not DuckDB's. */
export function cast(operand: Operand, node: Extract<Expression, { kind: 'cast' }>, context: Context): Operand {
  const target = typeOf(node.type);
  if (target === undefined) {
    const name = node.type.kind === 'named' ? node.type.name : node.type.kind;
    throw context.fail('TYPE_MISMATCH', `Unknown type: ${name}`, node.at);
  }
  if (!castable(operand.type, target)) {
    const detail = `Cannot cast ${typeName(operand.type)} to ${typeName(target)}`;
    throw context.fail('TYPE_MISMATCH', detail, node.at);
  }
  return convert(operand, target, node.safe || context.trying);
}

/** The operand as another type; with `safe`, null where the value has no counterpart. */
export function convert(operand: Operand, target: SqlType, safe: boolean): Operand {
  const { type } = operand;
  const word = safe ? 'try_cast' : 'cast';
  const plain = (sql: string): Operand => ({ sql: `${word}(${sql} as ${duckDbType(target)})`, type: target });
  if (target.kind === 'json') {
    return { sql: type.kind === 'json' ? operand.sql : `to_json(${operand.sql})`, type: target };
  }
  if (type.kind === 'json') {
    return isText(target) || !isNested(target) ? plain(`(${operand.sql} ->> '$')`) : plain(operand.sql);
  }
  if (isText(target)) {
    return { sql: limited(asText(operand), target), type: target };
  }
  if (isText(type) && isInteger(target)) {
    const check = safe ? 'athena_try_integer_text' : 'athena_integer_text';
    return plain(
      safe ? `${check}(${operand.sql})` : `${check}(${operand.sql}, ${text(typeName(target).toUpperCase())})`,
    );
  }
  if (type.kind === 'timestamp' && type.zone !== undefined && (target.kind === 'date' || target.kind === 'timestamp')) {
    return fromZoned(operand, type.zone, target);
  }
  if (type.kind === 'row' && target.kind === 'row') {
    return rowCast(operand, type, target, word);
  }
  return plain(operand.sql);
}

const isNested = (type: SqlType): boolean => type.kind === 'array' || type.kind === 'map' || type.kind === 'row';

function fromZoned(operand: Operand, zone: string, target: SqlType): Operand {
  if (target.kind === 'timestamp' && target.zone !== undefined) {
    return { sql: operand.sql, type: { ...target, zone } };
  }
  return { sql: `cast(timezone(${text(zone)}, ${operand.sql}) as ${duckDbType(target)})`, type: target };
}

/** Rows convert by position, whatever their fields' names. */
function rowCast(
  operand: Operand,
  from: Extract<SqlType, { kind: 'row' }>,
  target: Extract<SqlType, { kind: 'row' }>,
  word: string,
): Operand {
  if (from.fields.every(({ name }) => name === undefined)) {
    return { sql: `${word}(${operand.sql} as ${duckDbType(target)})`, type: target };
  }
  const fields = target.fields.map((field, index) => {
    const source = from.fields[index];
    const access = source === undefined ? 'null' : `(${operand.sql}).${quoted(fieldName(source, index))}`;
    return `${quoted(fieldName(field, index))} := ${word}(${access} as ${duckDbType(field.type)})`;
  });
  return { sql: `case when ${operand.sql} is not null then struct_pack(${fields.join(', ')}) end`, type: target };
}

/** The value as Trino writes it: doubles as in Java, timestamps with the digits of their precision. */
export function asText({ sql, type }: Operand): string {
  if (isText(type)) {
    return sql;
  }
  if (type.kind === 'double') {
    return `athena_double_text(${sql})`;
  }
  if (type.kind === 'real') {
    return `athena_real_text(${sql})`;
  }
  if (type.kind === 'timestamp') {
    return timestampText(sql, type);
  }
  return `cast(${sql} as varchar)`;
}

function timestampText(sql: string, { precision, zone }: Extract<SqlType, { kind: 'timestamp' }>): string {
  const local = zone === undefined ? sql : `timezone(${text(zone)}, ${sql})`;
  const digits = Math.min(precision, 6);
  const seconds = `strftime(${local}, '%Y-%m-%d %H:%M:%S')`;
  const fraction = digits === 0 ? '' : ` || '.' || left(strftime(${local}, '%f'), ${digits})`;
  return `(${seconds}${fraction}${zone === undefined ? '' : ` || ${text(` ${zone}`)}`})`;
}

function limited(sql: string, target: SqlType): string {
  if (target.kind === 'char') {
    const length = target.length ?? 1;
    return `rpad(left(${sql}, ${length}), ${length}, ' ')`;
  }
  return target.kind === 'varchar' && target.length !== undefined ? `left(${sql}, ${target.length})` : sql;
}

/** Whether Trino has a conversion between the types at all. */
function castable(from: SqlType, to: SqlType): boolean {
  if (isOpen(from) || isOpen(to) || from.kind === 'json' || to.kind === 'json' || from.kind === to.kind) {
    return true;
  }
  const numeric = (type: SqlType): boolean =>
    isInteger(type) || isFloating(type) || type.kind === 'decimal' || type.kind === 'boolean';
  const temporal = (type: SqlType): boolean => ['date', 'time', 'timestamp'].includes(type.kind);
  if (isText(from)) {
    return isText(to) || numeric(to) || temporal(to) || to.kind === 'varbinary';
  }
  if (isText(to)) {
    return !isNested(from) && from.kind !== 'varbinary';
  }
  return (numeric(from) && numeric(to)) || (temporal(from) && temporal(to));
}
