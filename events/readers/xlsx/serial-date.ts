import { WallClock } from '../../validator/instant.ts';

const DAY_MILLIS = 86_400_000;
/** 1899-12-30 and 1904-01-01, in days since 1970. */
const DAY_ZERO = { from1900: -25_569, from1904: -24_107 } as const;
/** Excel believes that 1900 had a 29th of February, as its day 60. */
const NO_SUCH_DAY = 60;
/** The end of the year 9999, where Excel's calendar ends. */
const END_1900 = 2_958_466;

/**
 * What a date cell shows, to the millisecond, which is as exact as Excel is; undefined for numbers that are no dates.
 *
 * @param serial days since the beginning of the workbook's calendar, with the time of day as their fraction
 */
export function wallClockOfSerial(serial: number, is1904: boolean): WallClock | undefined {
  const end = is1904 ? END_1900 + DAY_ZERO.from1900 - DAY_ZERO.from1904 : END_1900;
  if (!(serial >= 0 && serial < end)) return undefined;
  if (is1904) return wallClock(serial + DAY_ZERO.from1904);
  if (Math.floor(serial) === NO_SUCH_DAY) return undefined;
  return wallClock(serial + DAY_ZERO.from1900 + (serial < NO_SUCH_DAY ? 1 : 0));
}

const wallClock = (days: number): WallClock => new WallClock(BigInt(Math.round(days * DAY_MILLIS)) * 1000n);
