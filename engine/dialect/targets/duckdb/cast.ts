import type { Operand } from '../../translate/scope.ts';
import {
  duckDbType,
  fieldName,
  isFloating,
  isInteger,
  isNested,
  isText,
  quoted,
  type SqlType,
  typeName,
} from '../../types.ts';
import { text } from './text.ts';

/** `cast` and `try_cast`, where Trino's result is not DuckDB's. */
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
  // The digits that a double shows are rounded, not those of its binary value.
  if (isFloating(type) && target.kind === 'decimal') {
    return plain(`cast(${operand.sql} as varchar)`);
  }
  // A half is rounded away from zero, where DuckDB takes the even neighbour.
  if (isFloating(type) && isInteger(target)) {
    return plain(`round(${operand.sql})`);
  }
  if (type.kind === 'timestamp' && type.zone !== undefined && (target.kind === 'date' || target.kind === 'timestamp')) {
    return fromZoned(operand, type.zone, target);
  }
  if (type.kind === 'row' && target.kind === 'row') {
    return rowCast(operand, type, target, word);
  }
  return plain(operand.sql);
}

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
