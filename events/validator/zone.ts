/** A time zone of the IANA database. */
export interface Zone {
  /**
   * Seconds since 1970 in UTC of what a clock in the zone showed. A time that the clock showed twice, as an hour is
   * repeated in autumn, is its first occurrence; one that it skipped in spring is taken by the offset before the gap, so
   * that 01:30 in the gap is what 02:30 would be. (RFC 5545 and ECMAScript's Temporal have it so.)
   *
   * @param wallSeconds seconds since 1970, as if the clock had shown UTC
   */
  utcSeconds(wallSeconds: number): number;
}

const DAY = 86_400;
/** A year's days several times over. */
const REMEMBERED_DAYS = 4096;
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

/** The zone of an IANA name. Throws a `RangeError` when there is none. */
export function zoneOf(name: string): Zone {
  const format = new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' });
  /** Offset from UTC at an instant, in seconds. */
  const offsetAt = (utcSeconds: number): number => {
    const [, sign, hours = 0, minutes = 0, seconds = 0] = OFFSET.exec(format.format(utcSeconds * 1000)) ?? [];
    const offset = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return sign === '-' ? -offset : offset;
  };
  /** Offsets of days on which, and on the days beside which, the clock did not change. */
  const steady = new Map<number, number | undefined>();
  const steadyOffset = (day: number): number | undefined => {
    if (steady.has(day)) return steady.get(day);
    const before = offsetAt((day - 1) * DAY);
    const offset = before === offsetAt((day + 2) * DAY) ? before : undefined;
    if (steady.size >= REMEMBERED_DAYS) steady.clear();
    steady.set(day, offset);
    return offset;
  };
  const nearChange = (wallSeconds: number): number => {
    const before = offsetAt(wallSeconds - DAY);
    const after = offsetAt(wallSeconds + DAY);
    const first = wallSeconds - before;
    if (offsetAt(first) === before) return first;
    const second = wallSeconds - after;
    return offsetAt(second) === after ? second : first;
  };
  return {
    utcSeconds: (wallSeconds) => {
      const offset = steadyOffset(Math.floor(wallSeconds / DAY));
      return offset === undefined ? nearChange(wallSeconds) : wallSeconds - offset;
    },
  };
}
