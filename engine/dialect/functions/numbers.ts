import type { Refusal, Spelling } from '../targets/target.ts';
import { arithmetic } from '../translate/operators.ts';
import { BIGINT, BOOLEAN, commonType, DOUBLE, decimal, isFloating, type SqlType, VARCHAR } from '../types.ts';
import { type CallSite, functions, like, type Translation, to } from './signature.ts';

/** Casts to a type, by default that of the first argument, where the engine's function gives another. */
const keepsType =
  (spelling: Spelling, returns: SqlType | ((type: SqlType) => SqlType) = (type) => type): Translation =>
  (site) => {
    const { sql } = to(like(0), spelling)(site);
    const type = typeof returns === 'function' ? returns(site.arg(0).type) : returns;
    return type.kind === 'any' ? { sql, type } : { sql: `cast(${sql} as ${site.context.target.type(type)})`, type };
  };

/** A decimal without its fraction, to which rounding may have carried. */
const carried = (type: SqlType): SqlType =>
  type.kind === 'decimal' ? decimal(type.precision - type.scale + Math.min(type.scale, 1), 0) : type;

/** `ceil` and `floor`; Spark makes bigints of doubles, which from 2^53 on are whole numbers anyway. */
const wholeNumber =
  (name: string): Translation =>
  (site) => {
    const spark = isFloating(site.arg(0).type)
      ? `case when abs($1) < 9e15 then ${name}($1) else $1 end`
      : `${name}($1)`;
    return keepsType({ duckdb: `${name}($1)`, spark }, carried)(site);
  };

/** A decimal keeps its scale when it is rounded to digits, and loses it when rounded to a whole number. */
const round: Translation = (site) => {
  const { type } = site.arg(0);
  const digits = site.args[1]?.sql ?? '0';
  if (type.kind !== 'decimal') {
    return keepsType({ duckdb: `round($1, ${digits})`, spark: sparkRound(site, digits) })(site);
  }
  return site.args.length === 1
    ? keepsType('round($1)', carried)(site)
    : keepsType(
        { duckdb: 'round($1, $2)', spark: sparkRound(site, digits) },
        decimal(type.precision + 1, type.scale),
      )(site);
};

/** Spark rounds the shortest text of a double, Trino the double times a power of ten; its digits must be a literal. */
function sparkRound(site: CallSite, digits: string): string | Refusal {
  if (!isFloating(site.arg(0).type)) {
    return LITERAL.test(digits) ? `round($1, ${digits})` : { refused: 'the digits must be a literal' };
  }
  const factor = LITERAL.test(digits) ? `1e${digits}` : `power(10e0, ${digits})`;
  return factor === '1e0' ? 'round($1)' : `(round($1 * ${factor}) / ${factor})`;
}

const LITERAL = /^-?\d+$/;
const TOWARDS_ZERO = (digits = ''): string => `case when $1 < 0 then ceil($1${digits}) else floor($1${digits}) end`;

const truncate: Translation = (site) => {
  const spark = isFloating(site.arg(0).type)
    ? `case when abs($1) < 9e15 then ${TOWARDS_ZERO()} else $1 end`
    : TOWARDS_ZERO();
  const result = (type: SqlType): SqlType => (type.kind === 'decimal' ? decimal(type.precision - type.scale, 0) : type);
  return keepsType({ duckdb: 'trunc($1)', spark }, result)(site);
};

const truncateTo: Translation = (site) => {
  const digits = site.arg(1).sql;
  const spark = LITERAL.test(digits) ? TOWARDS_ZERO(`, ${digits}`) : { refused: 'the digits must be a literal' };
  return keepsType({ duckdb: 'athena_truncate($1, $2)', spark })(site);
};

/** Spark reads as much of a text as is a number; hexadecimal digits of a hash are known to be one. */
const fromBase: Translation = (site) => {
  const isHexadecimal = site.arg(1).sql === '16';
  const isHash = /^(substr\()?hex\(/.test(site.arg(0).sql);
  const converted = 'cast(conv($1, $2, -10) as bigint)';
  const digits = `rlike concat('(?i)^-?[', left('0123456789abcdefghijklmnopqrstuvwxyz', $2int), ']+$')`;
  const invalid = site.context.trying ? 'null' : "raise_error(concat('Not a valid base number: ', $1))";
  const checked = `case when $1 is null or $1 ${digits} then ${converted} else ${invalid} end`;
  return to(BIGINT, {
    duckdb: isHexadecimal ? 'athena_from_hexadecimal($1)' : 'athena_from_base($1, $2)',
    spark: isHexadecimal && isHash ? converted : checked,
  })(site);
};

/** Spark answers null for zero and below. */
const logarithm = (name: string, duckdb: string): Spelling => ({
  duckdb,
  spark: `case when $1 = 0 then -${INFINITY} when $1 < 0 then ${NAN} else ${name}($1) end`,
});

const INFINITY = "cast('infinity' as double)";
const NAN = "cast('nan' as double)";

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
    const values = args.map((arg) => context.target.coerced(arg, type));
    return { sql: `case when ${isNull} then null else ${name}(${values.join(', ')}) end`, type };
  };

export const NUMBER_FUNCTIONS = functions('scalar', {
  'abs(number)': to(like(0), 'abs($1)'),
  'acos(double)': to(DOUBLE, 'acos($1)'),
  'asin(double)': to(DOUBLE, 'asin($1)'),
  'atan(double)': to(DOUBLE, 'atan($1)'),
  'atan2(double, double)': to(DOUBLE, 'atan2($1, $2)'),
  'bit_count(bigint, bigint)': to(BIGINT, 'cast(bit_count($1) as bigint)'),
  'bitwise_and(bigint, bigint)': to(BIGINT, 'cast($1 & $2 as bigint)'),
  'bitwise_left_shift(bigint, bigint)': to(like(0), { duckdb: '($1 << $2)', spark: 'shiftleft($1, $2int)' }),
  'bitwise_not(bigint)': to(BIGINT, 'cast(~$1 as bigint)'),
  'bitwise_or(bigint, bigint)': to(BIGINT, 'cast($1 | $2 as bigint)'),
  'bitwise_right_shift_arithmetic(bigint, bigint)': to(like(0), {
    duckdb: '($1 >> $2)',
    spark: 'shiftright($1, $2int)',
  }),
  'bitwise_xor(bigint, bigint)': to(BIGINT, {
    duckdb: 'cast(xor($1, $2) as bigint)',
    spark: 'cast($1 ^ $2 as bigint)',
  }),
  'cbrt(double)': to(DOUBLE, 'cbrt($1)'),
  'ceil(number)': wholeNumber('ceil'),
  'ceiling(number)': wholeNumber('ceil'),
  'cos(double)': to(DOUBLE, 'cos($1)'),
  'cosh(double)': to(DOUBLE, 'cosh($1)'),
  'degrees(double)': to(DOUBLE, 'degrees($1)'),
  'e()': to(DOUBLE, 'exp(1e0)'),
  'exp(double)': to(DOUBLE, 'exp($1)'),
  'floor(number)': wholeNumber('floor'),
  'from_base(varchar, bigint)': fromBase,
  'greatest(any, any...)': extreme('greatest'),
  'infinity()': to(DOUBLE, INFINITY),
  'is_finite(double)': to(BOOLEAN, { duckdb: 'isfinite($1)', spark: `(not isnan($1) and abs($1) <> ${INFINITY})` }),
  'is_infinite(double)': to(BOOLEAN, { duckdb: 'isinf($1)', spark: `(abs($1) = ${INFINITY})` }),
  'is_nan(double)': to(BOOLEAN, 'isnan($1)'),
  'least(any, any...)': extreme('least'),
  'ln(double)': to(DOUBLE, logarithm('ln', 'athena_ln($1)')),
  'log(double, double)': to(DOUBLE, { duckdb: '(athena_ln($2) / athena_ln($1))', spark: 'try_divide(ln($2), ln($1))' }),
  'log10(double)': to(DOUBLE, logarithm('log10', `case when $1 = 0 then -${INFINITY} else log10($1) end`)),
  'log2(double)': to(DOUBLE, logarithm('log2', `case when $1 = 0 then -${INFINITY} else log2($1) end`)),
  'mod(number, number)': modulo,
  'nan()': to(DOUBLE, NAN),
  'pi()': to(DOUBLE, 'pi()'),
  'pow(double, double)': to(DOUBLE, 'pow($1, $2)'),
  'power(double, double)': to(DOUBLE, 'pow($1, $2)'),
  'radians(double)': to(DOUBLE, 'radians($1)'),
  'rand()': to(DOUBLE, 'random()'),
  'random()': to(DOUBLE, 'random()'),
  'random(number)': keepsType('floor(random() * $1)'),
  'round(number)': round,
  'round(number, integer)': round,
  'sign(number)': keepsType('sign($1)', (type) => (type.kind === 'decimal' ? decimal(1, 0) : type)),
  'sin(double)': to(DOUBLE, 'sin($1)'),
  'sinh(double)': to(DOUBLE, 'sinh($1)'),
  'sqrt(double)': to(DOUBLE, { duckdb: 'athena_sqrt($1)', spark: 'sqrt($1)' }),
  'tan(double)': to(DOUBLE, 'tan($1)'),
  'tanh(double)': to(DOUBLE, 'tanh($1)'),
  'to_base(bigint, bigint)': to(VARCHAR, {
    duckdb: 'athena_to_base($1, $2)',
    spark: 'lower(conv(cast($1 as string), 10, -$2))',
  }),
  'truncate(number)': truncate,
  'truncate(decimal, integer)': truncateTo,
  'width_bucket(double, double, double, bigint)': to(BIGINT, {
    duckdb: 'athena_width_bucket($1, $2, $3, $4)',
    spark: 'width_bucket($1, $2, $3, cast($4 as bigint))',
  }),
});
