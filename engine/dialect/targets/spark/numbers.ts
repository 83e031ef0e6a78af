import type { ArithmeticOperator } from '../../ast.ts';
import type { Context } from '../../translate/context.ts';
import type { Operand } from '../../translate/scope.ts';
import { asDecimal, type DecimalType, decimal, type SqlType } from '../../types.ts';
import type { Scaled } from '../target.ts';
import { bound } from './bound.ts';
import { sparkType } from './types.ts';

const TRYING: Readonly<Partial<Record<ArithmeticOperator, string>>> = {
  '+': 'try_add',
  '-': 'try_subtract',
  '*': 'try_multiply',
};

const isNonZero = (sql: string): boolean => /^\d*[1-9][\d.]*(e-?\d+)?$/i.test(sql);

/** Of doubles Spark refuses a zero divisor, where IEEE 754 has infinities and NaN. */
export function floating(operator: ArithmeticOperator, left: string, right: string, context: Context): string {
  if ((operator !== '/' && operator !== '%') || isNonZero(right)) {
    return `(${left} ${operator} ${right})`;
  }
  return bound([left, right], context, ([a, b]) => {
    const byZero = operator === '/' ? `${a} * power(${b}, -1)` : "cast('NaN' as double)";
    return `case when ${b} = 0 then ${byZero} else ${a} ${operator} ${b} end`;
  });
}

export function integers(
  operator: ArithmeticOperator,
  left: Operand,
  right: Operand,
  type: SqlType,
  context: Context,
): string {
  if (operator === '/') {
    const whole = `(${left.sql} div ${divisor(right.sql, context)})`;
    return type.kind === 'bigint' ? whole : `cast(${whole} as ${sparkType(type)})`;
  }
  return checked(operator, left.sql, right.sql, context);
}

export const decimals = (
  operator: ArithmeticOperator,
  left: Operand,
  right: Operand,
  _type: DecimalType,
  context: Context,
): string => checked(operator, left.sql, right.sql, context);

/** What overflows or has a zero divisor fails, in ANSI mode, or, within TRY, is null. */
function checked(operator: ArithmeticOperator, left: string, right: string, context: Context): string {
  const attempt = context.trying ? TRYING[operator] : undefined;
  if (attempt !== undefined) {
    return `${attempt}(${left}, ${right})`;
  }
  return `(${left} ${operator} ${operator === '%' ? divisor(right, context) : right})`;
}

export const divisor = (sql: string, context: Context): string =>
  context.trying && !isNonZero(sql) ? `nullif(${sql}, 0)` : sql;

/**
 * Spark rounds a quotient to fewer digits than it may need, so that rounding it again could go wrong. Of whole numbers
 * the quotient without its remainder is exact; the remainder says how to round.
 */
export function quotient(dividend: Scaled, by: Scaled, type: DecimalType, context: Context): string {
  return bound([whole(dividend), whole(by)], context, ([n, d]) => {
    const up = `case when 2 * abs(${n} % ${d}) < abs(${d}) then 0 when (${n} < 0) <> (${d} < 0) then -1 else 1 end`;
    const rounded = `cast((${n} - ${n} % ${d}) / ${d} as decimal(38,0)) + ${up}`;
    const unit = type.scale === 0 ? '' : ` * 0.${'0'.repeat(type.scale - 1)}1`;
    return `cast((${rounded})${unit} as ${sparkType(type)})`;
  });
}

/** A decimal times a power of ten that makes it whole, with no more digits than it can have. */
function whole({ sql, type, power }: Scaled): string {
  const { precision, scale } = asDecimal(type) ?? decimal(38, 0);
  const product = power === 0 ? sql : `${sql} * 1${'0'.repeat(power)}`;
  return `cast(${product} as ${sparkType(decimal(precision - scale + power, 0))})`;
}
