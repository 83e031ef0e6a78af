import { decimalOf, type IcebergType } from './schema.ts';

/**
 * A value of a scalar column in Iceberg's terms: date in days and timestamp in microseconds since 1970, decimal as its
 * unscaled integer.
 */
export type ScalarValue = boolean | number | bigint | string;

/** Strings in bounds are cut to this many code points, as other Iceberg writers do by default. */
const BOUND_LENGTH = 16;

/** Iceberg's single-value serialisation of `value`, or undefined for a type whose bounds are not kept. */
export function serialize(type: IcebergType, value: ScalarValue): Uint8Array | undefined {
  if (decimalOf(type) !== undefined) return twosComplement(BigInt(value));
  switch (type) {
    case 'boolean':
      return Uint8Array.of(value ? 1 : 0);
    case 'int':
    case 'date':
      return fixed(4, (view) => view.setInt32(0, Number(value), true));
    case 'long':
    case 'timestamp':
    case 'timestamptz':
      return fixed(8, (view) => view.setBigInt64(0, BigInt(value), true));
    case 'float':
      return fixed(4, (view) => view.setFloat32(0, Number(value), true));
    case 'double':
      return fixed(8, (view) => view.setFloat64(0, Number(value), true));
    case 'string':
      return new TextEncoder().encode(String(value));
    default:
      return undefined;
  }
}

/** Lower bound of a column whose least value is `least`. */
export function lowerBound(type: IcebergType, least: ScalarValue): Uint8Array | undefined {
  if (typeof least === 'string') return serialize(type, truncate(least));
  if (Number.isNaN(least)) return undefined;
  return serialize(type, least === 0 && isFloating(type) ? -0 : least);
}

/** Upper bound of a column whose greatest value is `greatest`; undefined where no short string is above it. */
export function upperBound(type: IcebergType, greatest: ScalarValue): Uint8Array | undefined {
  if (typeof greatest === 'string') {
    const short = truncate(greatest);
    const bound = short === greatest ? short : increment(short);
    return bound === undefined ? undefined : serialize(type, bound);
  }
  if (Number.isNaN(greatest)) return undefined;
  return serialize(type, greatest === 0 && isFloating(type) ? 0 : greatest);
}

/** Order of two values of one type; strings by code point, which is the order of their UTF-8 bytes. */
export function compareValues(one: ScalarValue, other: ScalarValue): number {
  if (typeof one === 'string' && typeof other === 'string') {
    return Buffer.compare(Buffer.from(one), Buffer.from(other));
  }
  return one < other ? -1 : Number(one > other);
}

const isFloating = (type: IcebergType): boolean => type === 'float' || type === 'double';

const truncate = (text: string): string =>
  // Two UTF-16 units hold any code point, so the rest need not be looked at.
  [...text.slice(0, 2 * BOUND_LENGTH)].slice(0, BOUND_LENGTH).join('');

const LAST_BEFORE_SURROGATES = 0xd7ff;
const FIRST_AFTER_SURROGATES = 0xe000;
const LAST_CODE_POINT = 0x10ffff;

/** The shortest string above every string that begins with `text`. */
function increment(text: string): string | undefined {
  const points = [...text].map((character) => character.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === LAST_CODE_POINT) continue;
    const next = last === LAST_BEFORE_SURROGATES ? FIRST_AFTER_SURROGATES : last + 1;
    return String.fromCodePoint(...points, next);
  }
  return undefined;
}

function fixed(bytes: number, write: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(bytes));
  write(view);
  return new Uint8Array(view.buffer);
}

/** The fewest bytes that hold `value`, most significant first. */
function twosComplement(value: bigint): Uint8Array {
  let length = 1;
  while (BigInt.asIntN(8 * length, value) !== value) length += 1;
  const bytes = new Uint8Array(length);
  for (let index = length - 1, rest = value; index >= 0; index -= 1, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
  return bytes;
}
