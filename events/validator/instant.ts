import type { Units } from './decimal.ts';
import type { Zone } from './zone.ts';

/** A point in time that a reader already knows exactly, as a Parquet timestamp gives it. */
export class UtcMicros {
  readonly micros: bigint;

  constructor(micros: bigint) {
    this.micros = micros;
  }

  toJSON(): string {
    return textOfMicros(this.micros);
  }
}

/** What a clock on the wall showed, as a reader knows it exactly; which instant that was depends on the field's zone. */
export class WallClock {
  /** Microseconds since 1970, as if the clock had shown UTC. */
  readonly micros: bigint;

  constructor(micros: bigint) {
    this.micros = micros;
  }

  toJSON(): string {
    return textOfMicros(this.micros).slice(0, -1);
  }
}

const ZERO = 48;
const PLUS = 43;
const MINUS = 45;
const COLON = 58;
const POINT = 46;
const SPACE = 32;
const UPPER_T = 84;
const UPPER_Z = 90;
const DAY_SECONDS = 86_400;
const DATE_LENGTH = 10;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Two digits at `at`, or NaN. */
function pair(text: string, at: number): number {
  const high = text.charCodeAt(at) - ZERO;
  const low = text.charCodeAt(at + 1) - ZERO;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : Number.NaN;
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** Days since 1970-01-01 of the `yyyy-mm-dd` that `text` begins with; NaN when it does not or the day does not exist. */
function leadingDate(text: string): number {
  if (text.charCodeAt(4) !== MINUS || text.charCodeAt(7) !== MINUS) return Number.NaN;
  const year = pair(text, 0) * 100 + pair(text, 2);
  const month = pair(text, 5);
  const day = pair(text, 8);
  const length = month === 2 && isLeap(year) ? 29 : (MONTH_DAYS[month - 1] ?? 0);
  if (!(year >= 1 && day >= 1 && day <= length)) return Number.NaN;
  // Years are counted from March, so that the leap day is the last of its year.
  const shifted = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return shifted * 365 + leapDays + dayOfYear - 719_468;
}

/** Seconds of `hh:mm[:ss]` at `at`, and where they end; NaN when there is no such time of day. */
function timeOfDay(text: string, at: number): { readonly seconds: number; readonly end: number } {
  const hours = pair(text, at);
  const minutes = text.charCodeAt(at + 2) === COLON ? pair(text, at + 3) : Number.NaN;
  const hasSeconds = text.charCodeAt(at + 5) === COLON;
  const seconds = hasSeconds ? pair(text, at + 6) : 0;
  const valid = hours < 24 && minutes < 60 && seconds < 60;
  return { seconds: valid ? hours * 3600 + minutes * 60 + seconds : Number.NaN, end: at + (hasSeconds ? 8 : 5) };
}

/** Offset from UTC in seconds, of the zone that `text` ends with from `at` on; none is UTC; NaN for anything else. */
function zoneOffset(text: string, at: number): number {
  const rest = text.length - at;
  const code = text.charCodeAt(at);
  if (rest === 0 || (rest === 1 && code === UPPER_Z)) return 0;
  if (code !== PLUS && code !== MINUS) return Number.NaN;
  const hours = pair(text, at + 1);
  const minutesAt = text.charCodeAt(at + 3) === COLON ? at + 4 : at + 3;
  const minutes = rest === 3 ? 0 : pair(text, minutesAt);
  const isComplete = rest === 3 || minutesAt + 2 === text.length;
  if (!isComplete || !(hours <= 18 && minutes < 60)) return Number.NaN;
  return (hours * 60 + minutes) * (code === MINUS ? -60 : 60);
}

/** Exact microseconds since 1970 of whole seconds and a rest. */
function micros(seconds: number, rest: number): Units {
  const total = seconds * 1_000_000 + rest;
  return Number.isSafeInteger(total) ? total : BigInt(seconds) * 1_000_000n + BigInt(rest);
}

/**
 * Microseconds since 1970 in UTC of an ISO 8601 timestamp; undefined when it is none. `T` or a space parts date and
 * time; a date alone is its midnight; digits beyond the microsecond are cut.
 *
 * @param zone where the clocks are that show a time without a zone; UTC by default
 */
export function microsOfText(text: string, zone?: Zone): Units | undefined {
  const days = leadingDate(text);
  if (Number.isNaN(days)) return undefined;
  if (text.length === DATE_LENGTH) return micros(zone ? zone.utcSeconds(days * DAY_SECONDS) : days * DAY_SECONDS, 0);
  const separator = text.charCodeAt(DATE_LENGTH);
  if (separator !== UPPER_T && separator !== SPACE) return undefined;
  const { seconds, end } = timeOfDay(text, DATE_LENGTH + 1);
  let at = end;
  let rest = 0;
  if (text.charCodeAt(at) === POINT) {
    let unit = 100_000;
    at++;
    const first = at;
    for (let digit = text.charCodeAt(at) - ZERO; digit >= 0 && digit <= 9; digit = text.charCodeAt(at) - ZERO) {
      rest += digit * unit;
      unit = Math.floor(unit / 10);
      at++;
    }
    if (at === first) return undefined;
  }
  const shown = days * DAY_SECONDS + seconds;
  const total =
    zone && at === text.length && !Number.isNaN(shown) ? zone.utcSeconds(shown) : shown - zoneOffset(text, at);
  return Number.isNaN(total) ? undefined : micros(total, rest);
}

const SECOND_MICROS = 1_000_000n;

/** Microseconds since 1970 in UTC of what a clock in the zone (by default UTC) showed. */
export function microsOfWallClock(shown: bigint, zone: Zone | undefined): bigint {
  if (zone === undefined) return shown;
  const rest = ((shown % SECOND_MICROS) + SECOND_MICROS) % SECOND_MICROS;
  return BigInt(zone.utcSeconds(Number((shown - rest) / SECOND_MICROS))) * SECOND_MICROS + rest;
}

/** Days since 1970 of `yyyy-mm-dd`, or of a timestamp at midnight UTC; undefined when it is neither. */
export function daysOfText(text: string): number | undefined {
  if (text.length === DATE_LENGTH) {
    const days = leadingDate(text);
    return Number.isNaN(days) ? undefined : days;
  }
  const instant = microsOfText(text);
  return instant === undefined ? undefined : daysOfMicros(BigInt(instant));
}

const DAY_MICROS = 86_400_000_000n;

/** Days since 1970 of a midnight in UTC; undefined at any other time of day. */
export function daysOfMicros(instant: bigint): number | undefined {
  return instant % DAY_MICROS === 0n ? Number(instant / DAY_MICROS) : undefined;
}

/** `2017-01-01T11:53:26.000000Z`. */
export function textOfMicros(instant: bigint): string {
  const rest = ((instant % 1000n) + 1000n) % 1000n;
  const millis = Number((instant - rest) / 1000n);
  return `${new Date(millis).toISOString().slice(0, -1)}${rest.toString().padStart(3, '0')}Z`;
}

/** `2017-01-01`. */
export const textOfDays = (days: number): string => new Date(days * DAY_SECONDS * 1000).toISOString().slice(0, 10);
