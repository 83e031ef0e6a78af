import type { ArithmeticOperator } from '../ast.ts';
import {
  asDecimal,
  commonType,
  type DecimalType,
  decimal,
  duckDbType,
  isFloating,
  isInterval,
  isNumeric,
  isOpen,
  type SqlType,
  typeName,
} from '../types.ts';
import type { Context } from './context.ts';
import type { Operand } from './scope.ts';

/** `a operator b` on numbers, dates and intervals, with Trino's result types. */
export function arithmetic(
  operator: ArithmeticOperator,
  left: Operand,
  right: Operand,
  context: Context,
  at: number,
): Operand {
  if (left.type.kind === 'any' || right.type.kind === 'any') {
    return { sql: `(${left.sql} ${operator} ${right.sql})`, type: { kind: 'any' } };
  }
  if (left.type.kind === 'null' || right.type.kind === 'null') {
    const known = left.type.kind === 'null' ? right.type : left.type;
    return { sql: `(${left.sql} ${operator} ${right.sql})`, type: known };
  }
  const result =
    isNumeric(left.type) && isNumeric(right.type)
      ? numbers(operator, left, right, context)
      : temporal(operator, left, right);
  if (result === undefined) {
    const detail = `Cannot apply operator: ${typeName(left.type)} ${operator} ${typeName(right.type)}`;
    throw context.fail('TYPE_MISMATCH', detail, at);
  }
  return result;
}

function numbers(operator: ArithmeticOperator, left: Operand, right: Operand, context: Context): Operand {
  const common = commonType(left.type, right.type) ?? left.type;
  if (isFloating(common)) {
    const sql = floating(operator, left.sql, right.sql);
    return { sql: common.kind === 'real' ? `cast(${sql} as float)` : sql, type: common };
  }
  const [a, b] = [asDecimal(left.type), asDecimal(right.type)];
  if (common.kind !== 'decimal' || a === undefined || b === undefined) {
    return integers(operator, left, right, common, context);
  }
  switch (operator) {
    case '/':
      return divideDecimals(left, right, context);
    case '%': {
      const scale = Math.max(a.scale, b.scale);
      const type = decimal(Math.min(a.precision - a.scale, b.precision - b.scale) + scale, scale);
      return { sql: `cast(${left.sql} % ${guarded(right, context)} as ${duckDbType(type)})`, type };
    }
    case '*': {
      const type = decimal(a.precision + b.precision, a.scale + b.scale);
      return { sql: `(${widened(left.sql, a, b, type)} * ${right.sql})`, type };
    }
    default: {
      const type = sumType(a, b);
      return { sql: `(${widened(left.sql, a, b, type)} ${operator} ${right.sql})`, type };
    }
  }
}

/** Digits of the decimals that DuckDB keeps in 64 bits. */
const NARROW = 18;

/** DuckDB computes with two narrow decimals in 64 bits and fails where the result has more; a wide one takes it to 128. */
function widened(left: string, a: DecimalType, b: DecimalType, result: DecimalType): string {
  const mayOverflow = result.precision > NARROW && Math.max(a.precision, b.precision) <= NARROW;
  return mayOverflow ? `cast(${left} as decimal(${NARROW + 1},${a.scale}))` : left;
}

/** As a function, division keeps to IEEE 754 (infinity, NaN); the operator would answer null for a zero divisor. */
function floating(operator: ArithmeticOperator, left: string, right: string): string {
  if (operator === '%') {
    return `fmod(${left}, ${right})`;
  }
  return operator === '/' ? `"/"(${left}, ${right})` : `(${left} ${operator} ${right})`;
}

function sumType(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  return decimal(Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale);
}

function integers(
  operator: ArithmeticOperator,
  left: Operand,
  right: Operand,
  type: SqlType,
  context: Context,
): Operand {
  if (operator === '/') {
    return { sql: `(${left.sql} // ${guarded(right, context)})`, type };
  }
  return { sql: `(${left.sql} ${operator} ${operator === '%' ? guarded(right, context) : right.sql})`, type };
}

/** A divisor that fails when it is zero, as in Trino, where DuckDB would answer null. */
function guarded({ sql }: Operand, context: Context): string {
  if (/^[1-9][\d.]*$/.test(sql)) {
    return sql;
  }
  return context.trying ? `nullif(${sql}, 0)` : `athena_divisor(${sql})`;
}

/**
 * Exact division: Trino gives scale max(s1, s2), rounded half up; DuckDB would answer a double. Both sides become
 * whole numbers, the quotient is taken at the result's scale.
 */
export function divideDecimals(left: Operand, right: Operand, context: Context): Operand {
  const [a, b] = [asDecimal(left.type), asDecimal(right.type)];
  if (a === undefined || b === undefined) {
    throw new Error('decimal division of types that are no exact numbers');
  }
  const scale = Math.max(a.scale, b.scale);
  const type = decimal(a.precision + b.scale + Math.max(b.scale - a.scale, 0), scale);
  return { sql: exactQuotient(left.sql, scale + b.scale, guarded(right, context), b.scale, type), type };
}

/** `dividend / divisor` as a decimal type, from the powers of ten that make whole numbers of both at its scale. */
export function exactQuotient(
  dividend: string,
  dividendPower: number,
  divisor: string,
  divisorPower: number,
  type: DecimalType,
): string {
  const whole = `athena_rounded_quotient(${scaled(dividend, dividendPower)}, ${scaled(divisor, divisorPower)})`;
  const unit = type.scale === 0 ? '' : ` * 0.${'0'.repeat(type.scale - 1)}1`;
  return `cast(cast(${whole} as decimal(38,0))${unit} as ${duckDbType(type)})`;
}

function scaled(sql: string, power: number): string {
  return power === 0 ? `cast(${sql} as hugeint)` : `cast(${sql} * 1${'0'.repeat(power)} as hugeint)`;
}

function temporal(operator: ArithmeticOperator, left: Operand, right: Operand): Operand | undefined {
  const { type: a } = left;
  const { type: b } = right;
  const sql = `(${left.sql} ${operator} ${right.sql})`;
  if (isInterval(a) && (b.kind === 'date' || b.kind === 'timestamp') && operator === '+') {
    return temporal(operator, right, left);
  }
  if ((operator === '+' || operator === '-') && isInterval(b)) {
    if (a.kind === 'date') {
      return { sql: `cast(${sql} as date)`, type: a };
    }
    // An interval of days counts milliseconds, and so does what it is added to.
    if (a.kind === 'timestamp') {
      const precision = b.kind === 'interval_day' ? Math.max(a.precision, 3) : a.precision;
      return { sql, type: { ...a, precision } };
    }
    return a.kind === 'time' || a.kind === b.kind ? { sql, type: a } : undefined;
  }
  if (operator === '-' && a.kind === 'date' && b.kind === 'date') {
    return { sql: `to_days(cast(${left.sql} - ${right.sql} as integer))`, type: { kind: 'interval_day' } };
  }
  if (operator === '-' && commonType(a, b)?.kind === 'timestamp') {
    return { sql, type: { kind: 'interval_day' } };
  }
  if (isInterval(a) && isNumeric(b) && (operator === '*' || operator === '/')) {
    return { sql, type: a };
  }
  return isNumeric(a) && isInterval(b) && operator === '*' ? { sql, type: b } : undefined;
}

/** Whether two values can be compared. */
export const comparable = (a: SqlType, b: SqlType): boolean => isOpen(a) || isOpen(b) || commonType(a, b) !== undefined;
