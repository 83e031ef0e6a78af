import type { ArithmeticOperator } from '../../ast.ts';
import type { Context } from '../../translate/context.ts';
import type { Operand } from '../../translate/scope.ts';
import { asDecimal, type DecimalType, duckDbType, type SqlType } from '../../types.ts';
import type { Scaled } from '../target.ts';

/** Digits of the decimals that DuckDB keeps in 64 bits. */
const NARROW = 18;

/** As a function, division keeps to IEEE 754 (infinity, NaN); the operator would answer null for a zero divisor. */
export function floating(operator: ArithmeticOperator, left: string, right: string): string {
  return operator === '/' ? `"/"(${left}, ${right})` : `(${left} ${operator} ${right})`;
}

export function integers(
  operator: ArithmeticOperator,
  left: Operand,
  right: Operand,
  _type: SqlType,
  context: Context,
): string {
  if (operator === '/') {
    return `(${left.sql} // ${divisor(right.sql, context)})`;
  }
  return `(${left.sql} ${operator} ${operator === '%' ? divisor(right.sql, context) : right.sql})`;
}

export function decimals(
  operator: ArithmeticOperator,
  left: Operand,
  right: Operand,
  type: DecimalType,
  context: Context,
): string {
  return operator === '%'
    ? `cast(${left.sql} % ${divisor(right.sql, context)} as ${duckDbType(type)})`
    : `(${widened(left, right, type)} ${operator} ${right.sql})`;
}

/** DuckDB computes with two narrow decimals in 64 bits and fails where the result has more; a wide one takes it to 128. */
function widened(left: Operand, right: Operand, result: DecimalType): string {
  const [a, b] = [asDecimal(left.type), asDecimal(right.type)];
  const digits = Math.max(a?.precision ?? 0, b?.precision ?? 0);
  const mayOverflow = result.precision > NARROW && digits <= NARROW;
  return mayOverflow ? `cast(${left.sql} as decimal(${NARROW + 1},${a?.scale ?? 0}))` : left.sql;
}

/** A divisor that fails when it is zero, as in Trino, where DuckDB would answer null. */
export function divisor(sql: string, context: Context): string {
  if (/^[1-9][\d.]*$/.test(sql)) {
    return sql;
  }
  return context.trying ? `nullif(${sql}, 0)` : `athena_divisor(${sql})`;
}

/** DuckDB would answer a double. Both sides become whole numbers, whose quotient is taken at the result's scale. */
export function quotient(dividend: Scaled, by: Scaled, type: DecimalType): string {
  const whole = `athena_rounded_quotient(${scaled(dividend)}, ${scaled(by)})`;
  const unit = type.scale === 0 ? '' : ` * 0.${'0'.repeat(type.scale - 1)}1`;
  return `cast(cast(${whole} as decimal(38,0))${unit} as ${duckDbType(type)})`;
}

function scaled({ sql, power }: Scaled): string {
  return power === 0 ? `cast(${sql} as hugeint)` : `cast(${sql} * 1${'0'.repeat(power)} as hugeint)`;
}
