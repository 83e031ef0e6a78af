/**
 * Decimals as whole numbers of their smallest unit: 12.34 at scale 2 is 1234. A unit count is a `number` as long as it
 * is exact there, else a `bigint`; text is read digit by digit, so no value passes through binary fractions.
 */
export type Units = number | bigint;

const POWERS = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
/** So many digits are exact in a double. */
const SAFE_DIGITS = 15;
const NUMBER = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,3}))?$/;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;

/**
 * The units of a decimal number in text, to the nearest unit (halves away from zero); undefined when the text is not a
 * number. Exponents are understood, since JSON and spreadsheets write them.
 */
export function unitsOfText(text: string, scale: number): Units | undefined {
  const negative = text.charCodeAt(0) === MINUS;
  let units = 0;
  let digits = 0;
  let fraction = -1;
  for (let i = negative ? 1 : 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const digit = code - ZERO;
    if (digit >= 0 && digit <= 9) {
      units = units * 10 + digit;
      digits++;
      if (fraction >= 0) fraction++;
    } else if (code === POINT && fraction < 0) {
      fraction = 0;
    } else {
      return exactUnits(text, scale);
    }
  }
  const missing = scale - Math.max(fraction, 0);
  if (digits === 0 || missing < 0 || digits + missing > SAFE_DIGITS) return exactUnits(text, scale);
  const scaled = units * (POWERS[missing] ?? 1);
  // Not `-scaled`, which would make a negative zero.
  return negative ? 0 - scaled : scaled;
}

/** Any length, any exponent; slower. */
function exactUnits(text: string, scale: number): Units | undefined {
  const match = NUMBER.exec(text.trim());
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (whole + fraction === '') return undefined;
  const shift = Number(exponent) + scale - fraction.length;
  const magnitude = shift >= 0 ? BigInt(digits + '0'.repeat(digits ? shift : 0)) : rounded(digits, -shift);
  return narrow(sign === '-' ? -magnitude : magnitude);
}

/** `digits` without its last `drop` digits, rounded half up. */
function rounded(digits: string, drop: number): bigint {
  if (drop > digits.length) return 0n;
  const kept = BigInt(digits.slice(0, digits.length - drop));
  const firstDropped = digits.charCodeAt(digits.length - drop) - ZERO;
  return firstDropped >= 5 ? kept + 1n : kept;
}

const narrow = (units: bigint): Units => {
  const number = Number(units);
  return Number.isSafeInteger(number) ? number : units;
};

/** The units of a JSON number, as if its shortest decimal form had been sent as text. */
export function unitsOfNumber(value: number, scale: number): Units | undefined {
  if (!Number.isFinite(value)) return undefined;
  const scaled = value * (POWERS[scale] ?? 1);
  const nearest = Math.round(scaled);
  // Close to a half, and for large numbers, the product's own error could tip the scale: read the digits.
  const isPlain = Math.abs(scaled - nearest) < 0.4 && Math.abs(nearest) < 2 ** 46;
  return isPlain ? nearest + 0 : unitsOfText(String(value), scale);
}

export const unitsOfBigint = (value: bigint, scale: number): Units => narrow(value * 10n ** BigInt(scale));

/** `1234` at scale 2 as `12.34`. */
export function textOfUnits(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const sign = units < 0n ? '-' : '';
  const whole = digits.slice(0, digits.length - scale);
  return scale === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-scale)}`;
}
