import type { Field } from '../contracts/contract.ts';
import type { Units } from './decimal.ts';
import { daysOfMicros, daysOfText, microsOfText, microsOfWallClock, UtcMicros, WallClock } from './instant.ts';
import { timeFormat } from './time-format.ts';
import { zoneOf } from './zone.ts';

/** How the times of a field are read. */
export interface TimeReader<T> {
  /** Undefined for a value that is no time, or may be several. */
  read(value: unknown): T | undefined;
  /** What such a value should have been. */
  expected(value: unknown): string;
}

/** Reads text as ISO 8601, then in the other formats that a field lists. */
function textReader<T>({ formats = [] }: Field, iso: string, ofIso: (text: string) => T | undefined) {
  const others = formats.map((format) => ({ format, read: timeFormat(format) }));
  const readings = (text: string) =>
    others.flatMap(({ format, read }) => {
      const isoText = read(text);
      const value = isoText === undefined ? undefined : ofIso(isoText);
      return value === undefined ? [] : [{ format, value }];
    });
  return {
    read: (text: string): T | undefined => {
      const value = ofIso(text);
      if (value !== undefined || others.length === 0) return value;
      const [first, ...rest] = readings(text);
      return rest.some((other) => other.value !== first?.value) ? undefined : first?.value;
    },
    expected: (value: unknown): string => {
      const several = typeof value === 'string' ? readings(value.trim()) : [];
      if (several.length > 0) return `is ambiguous: it may be ${several.map(({ format }) => format).join(' or ')}`;
      return formats.length > 0 ? `must be ${iso}, or in the format ${formats.join(' or ')}` : `must be ${iso}`;
    },
  };
}

/** Reads microseconds since 1970 in UTC. */
export function timestampReader(field: Field): TimeReader<Units> {
  const zone = field.zone === undefined ? undefined : zoneOf(field.zone);
  const { read, expected } = textReader(field, 'an ISO 8601 timestamp like 2026-11-21T11:05:00Z', (text) =>
    microsOfText(text, zone),
  );
  return {
    read: (value) => {
      if (typeof value === 'string') return read(value.trim());
      if (value instanceof UtcMicros) return value.micros;
      return value instanceof WallClock ? microsOfWallClock(value.micros, zone) : undefined;
    },
    expected,
  };
}

/** Reads days since 1970. */
export function dateReader(field: Field): TimeReader<number> {
  const { read, expected } = textReader(field, 'a date like 2026-11-21', daysOfText);
  return {
    read: (value) => {
      if (typeof value === 'string') return read(value.trim());
      return value instanceof UtcMicros || value instanceof WallClock ? daysOfMicros(value.micros) : undefined;
    },
    expected,
  };
}
