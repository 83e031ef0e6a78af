import type { ArithmeticOperator } from '../ast.ts';
import type { Target } from '../targets/target.ts';
import {
  asDecimal,
  commonType,
  type DecimalType,
  decimal,
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
      : temporal(operator, left, right, context.target);
  if (result === undefined) {
    const detail = `Cannot apply operator: ${typeName(left.type)} ${operator} ${typeName(right.type)}`;
    throw context.fail('TYPE_MISMATCH', detail, at);
  }
  return result;
}

function numbers(operator: ArithmeticOperator, left: Operand, right: Operand, context: Context): Operand {
  const { target } = context;
  const common = commonType(left.type, right.type) ?? left.type;
  if (isFloating(common)) {
    const sql = target.floating(operator, left.sql, right.sql, context);
    return { sql: common.kind === 'real' ? `cast(${sql} as float)` : sql, type: common };
  }
  const [a, b] = [asDecimal(left.type), asDecimal(right.type)];
  if (common.kind !== 'decimal' || a === undefined || b === undefined) {
    return { sql: target.integers(operator, left, right, common, context), type: common };
  }
  if (operator === '/') {
    return divideDecimals(left, right, context);
  }
  const type = decimalResult(operator, a, b);
  return { sql: target.decimals(operator, left, right, type, context), type };
}

function decimalResult(operator: Exclude<ArithmeticOperator, '/'>, a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  switch (operator) {
    case '%':
      return decimal(Math.min(a.precision - a.scale, b.precision - b.scale) + scale, scale);
    case '*':
      return decimal(a.precision + b.precision, a.scale + b.scale);
    default:
      return decimal(Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale);
  }
}

/** Exact division: Trino gives scale max(s1, s2), rounded half up. */
function divideDecimals(left: Operand, right: Operand, context: Context): Operand {
  const [a, b] = [asDecimal(left.type), asDecimal(right.type)];
  if (a === undefined || b === undefined) {
    throw new Error('decimal division of types that are no exact numbers');
  }
  const scale = Math.max(a.scale, b.scale);
  const type = decimal(a.precision + b.scale + Math.max(b.scale - a.scale, 0), scale);
  const dividend = { ...left, power: scale + b.scale };
  const divisor = { ...right, sql: context.target.divisor(right.sql, context), power: b.scale };
  return { sql: context.target.quotient(dividend, divisor, type, context), type };
}

function temporal(operator: ArithmeticOperator, left: Operand, right: Operand, target: Target): Operand | undefined {
  const { type: a } = left;
  const { type: b } = right;
  if (isInterval(a) && (b.kind === 'date' || b.kind === 'timestamp') && operator === '+') {
    return temporal(operator, right, left, target);
  }
  const shifted = (type: SqlType): Operand => ({ sql: target.shifted(operator, left, right), type });
  if ((operator === '+' || operator === '-') && isInterval(b)) {
    // An interval of days counts milliseconds, and so does what it is added to.
    if (a.kind === 'timestamp') {
      return shifted({ ...a, precision: b.kind === 'interval_day' ? Math.max(a.precision, 3) : a.precision });
    }
    return a.kind === 'date' || a.kind === 'time' || a.kind === b.kind ? shifted(a) : undefined;
  }
  if (operator === '-' && a.kind === 'date' && b.kind === 'date') {
    return { sql: target.daysBetween(left.sql, right.sql), type: { kind: 'interval_day' } };
  }
  if (operator === '-' && commonType(a, b)?.kind === 'timestamp') {
    return shifted({ kind: 'interval_day' });
  }
  if (isInterval(a) && isNumeric(b) && (operator === '*' || operator === '/')) {
    return shifted(a);
  }
  return isNumeric(a) && isInterval(b) && operator === '*' ? shifted(b) : undefined;
}

/** Whether two values can be compared. */
export const comparable = (a: SqlType, b: SqlType): boolean => isOpen(a) || isOpen(b) || commonType(a, b) !== undefined;
