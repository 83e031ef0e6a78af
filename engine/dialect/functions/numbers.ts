import { arithmetic } from '../translate/operators.ts';
import { BIGINT, BOOLEAN, commonType, DOUBLE, decimal, duckDbType, type SqlType, VARCHAR } from '../types.ts';
import { functions, like, type Translation, to } from './signature.ts';

/** Casts to the type of the first argument, where DuckDB's function gives another. */
const keepsType =
  (template: string): Translation =>
  (site) => {
    const { sql, type } = to(like(0), template)(site);
    return type.kind === 'any' ? { sql, type } : { sql: `cast(${sql} as ${duckDbType(type)})`, type };
  };

/** `ceil` and `floor` of a decimal have no fraction. */
const wholeNumber =
  (name: string): Translation =>
  (site) => {
    const { type } = site.arg(0);
    const result: SqlType =
      type.kind === 'decimal' ? decimal(type.precision - type.scale + Math.min(type.scale, 1), 0) : type;
    return keepsTypeOf(`${name}(${site.arg(0).sql})`, result);
  };

function keepsTypeOf(sql: string, type: SqlType): { sql: string; type: SqlType } {
  return type.kind === 'any' ? { sql, type } : { sql: `cast(${sql} as ${duckDbType(type)})`, type };
}

/** A decimal keeps its scale when it is rounded to digits, and loses it when rounded to a whole number. */
const round: Translation = (site) => {
  const { sql, type } = site.arg(0);
  const digits = site.args[1]?.sql;
  if (type.kind !== 'decimal') {
    return keepsTypeOf(`round(${sql}, ${digits ?? 0})`, type);
  }
  return digits === undefined
    ? keepsTypeOf(`round(${sql})`, decimal(type.precision - type.scale + Math.min(type.scale, 1), 0))
    : keepsTypeOf(`round(${sql}, ${digits})`, decimal(type.precision + 1, type.scale));
};

const truncate: Translation = (site) => {
  const { sql, type } = site.arg(0);
  const digits = site.args[1]?.sql;
  if (digits === undefined) {
    const result = type.kind === 'decimal' ? decimal(type.precision - type.scale, 0) : type;
    return keepsTypeOf(`trunc(${sql})`, result);
  }
  return keepsTypeOf(`athena_truncate(${sql}, ${digits})`, type);
};

const modulo: Translation = (site) => arithmetic('%', site.arg(0), site.arg(1), site.context, site.call.at);

/** Null when any argument is null, as in Trino. */
const extreme =
  (name: 'greatest' | 'least'): Translation =>
  ({ args, context, call }) => {
    const type = args.map((arg) => arg.type).reduce((a, b) => common(a, b));
    function common(a: SqlType, b: SqlType): SqlType {
      const both = commonType(a, b);
      if (both === undefined) {
        throw context.fail('TYPE_MISMATCH', `All ${name} arguments must be the same type`, call.at);
      }
      return both;
    }
    const isNull = args.map(({ sql }) => `${sql} is null`).join(' or ');
    return { sql: `case when ${isNull} then null else ${name}(${args.map(({ sql }) => sql).join(', ')}) end`, type };
  };

export const NUMBER_FUNCTIONS = functions('scalar', {
  'abs(number)': to(like(0), 'abs($1)'),
  'acos(double)': to(DOUBLE, 'acos($1)'),
  'asin(double)': to(DOUBLE, 'asin($1)'),
  'atan(double)': to(DOUBLE, 'atan($1)'),
  'atan2(double, double)': to(DOUBLE, 'atan2($1, $2)'),
  'bit_count(bigint, bigint)': to(BIGINT, 'cast(bit_count($1) as bigint)'),
  'bitwise_and(bigint, bigint)': to(BIGINT, 'cast($1 & $2 as bigint)'),
  'bitwise_left_shift(bigint, bigint)': to(like(0), '($1 << $2)'),
  'bitwise_not(bigint)': to(BIGINT, 'cast(~$1 as bigint)'),
  'bitwise_or(bigint, bigint)': to(BIGINT, 'cast($1 | $2 as bigint)'),
  'bitwise_right_shift_arithmetic(bigint, bigint)': to(like(0), '($1 >> $2)'),
  'bitwise_xor(bigint, bigint)': to(BIGINT, 'cast(xor($1, $2) as bigint)'),
  'cbrt(double)': to(DOUBLE, 'cbrt($1)'),
  'ceil(number)': wholeNumber('ceil'),
  'ceiling(number)': wholeNumber('ceil'),
  'cos(double)': to(DOUBLE, 'cos($1)'),
  'cosh(double)': to(DOUBLE, 'cosh($1)'),
  'degrees(double)': to(DOUBLE, 'degrees($1)'),
  'e()': to(DOUBLE, 'exp(1e0)'),
  'exp(double)': to(DOUBLE, 'exp($1)'),
  'floor(number)': wholeNumber('floor'),
  'from_base(varchar, bigint)': (site) =>
    to(BIGINT, site.arg(1).sql === '16' ? 'athena_from_hexadecimal($1)' : 'athena_from_base($1, $2)')(site),
  'greatest(any, any...)': extreme('greatest'),
  'infinity()': to(DOUBLE, "cast('infinity' as double)"),
  'is_finite(double)': to(BOOLEAN, 'isfinite($1)'),
  'is_infinite(double)': to(BOOLEAN, 'isinf($1)'),
  'is_nan(double)': to(BOOLEAN, 'isnan($1)'),
  'least(any, any...)': extreme('least'),
  'ln(double)': to(DOUBLE, 'athena_ln($1)'),
  'log(double, double)': to(DOUBLE, '(athena_ln($2) / athena_ln($1))'),
  'log10(double)': to(DOUBLE, "case when $1 = 0 then -cast('infinity' as double) else log10($1) end"),
  'log2(double)': to(DOUBLE, "case when $1 = 0 then -cast('infinity' as double) else log2($1) end"),
  'mod(number, number)': modulo,
  'nan()': to(DOUBLE, "cast('nan' as double)"),
  'pi()': to(DOUBLE, 'pi()'),
  'pow(double, double)': to(DOUBLE, 'pow($1, $2)'),
  'power(double, double)': to(DOUBLE, 'pow($1, $2)'),
  'radians(double)': to(DOUBLE, 'radians($1)'),
  'rand()': to(DOUBLE, 'random()'),
  'random()': to(DOUBLE, 'random()'),
  'random(number)': keepsType('floor(random() * $1)'),
  'round(number)': round,
  'round(number, integer)': round,
  'sign(number)': (site) => {
    const { type } = site.arg(0);
    return keepsTypeOf(`sign(${site.arg(0).sql})`, type.kind === 'decimal' ? decimal(1, 0) : type);
  },
  'sin(double)': to(DOUBLE, 'sin($1)'),
  'sinh(double)': to(DOUBLE, 'sinh($1)'),
  'sqrt(double)': to(DOUBLE, 'athena_sqrt($1)'),
  'tan(double)': to(DOUBLE, 'tan($1)'),
  'tanh(double)': to(DOUBLE, 'tanh($1)'),
  'to_base(bigint, bigint)': to(VARCHAR, 'athena_to_base($1, $2)'),
  'truncate(number)': truncate,
  'truncate(decimal, integer)': truncate,
  'width_bucket(double, double, double, bigint)': to(BIGINT, 'athena_width_bucket($1, $2, $3, $4)'),
});
