import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { SqlType } from '../../../engine/dialect/types.ts';

const ANY: SqlType = { kind: 'any' };
const MICROS_PER_SECOND = 1_000_000n;

/** A value as Athena's results show it, null for NULL. A type that is not known follows the value. */
export function textOf(value: DuckDBValue, type: SqlType): string | null {
  if (value === null || typeof value === 'string') {
    return value;
  }
  if (typeof value === 'bigint') {
    return value.toString();
  }
  if (typeof value === 'number') {
    return type.kind === 'double' || type.kind === 'any' ? doubleText(value, type) : floatText(value, type);
  }
  if (value instanceof DuckDBTimestampValue) {
    return timestampText(value.micros, precisionOf(type));
  }
  if (value instanceof DuckDBTimestampTZValue) {
    return zonedText(value.micros, type);
  }
  if (value instanceof DuckDBIntervalValue) {
    return intervalText(value, type);
  }
  if (value instanceof DuckDBBlobValue) {
    return [...value.bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  }
  if (value instanceof DuckDBListValue) {
    const element = type.kind === 'array' ? type.element : ANY;
    return `[${value.items.map((item) => nested(item, element)).join(', ')}]`;
  }
  if (value instanceof DuckDBMapValue) {
    const [key, inner] = type.kind === 'map' ? [type.key, type.value] : [ANY, ANY];
    return `{${value.entries.map((entry) => `${nested(entry.key, key)}=${nested(entry.value, inner)}`).join(', ')}}`;
  }
  if (value instanceof DuckDBStructValue) {
    return structText(value, type);
  }
  if (value instanceof DuckDBDecimalValue || value instanceof DuckDBDateValue) {
    return value.toString();
  }
  return String(value);
}

const nested = (value: DuckDBValue, type: SqlType): string => textOf(value, type) ?? 'null';

function structText(value: DuckDBStructValue, type: SqlType): string {
  const fields = type.kind === 'row' ? type.fields : [];
  const texts = Object.entries(value.entries).map(
    ([name, field], index) => `${name}=${nested(field, fields[index]?.type ?? ANY)}`,
  );
  return `{${texts.join(', ')}}`;
}

const isWhole = ({ kind }: SqlType): boolean => ['tinyint', 'smallint', 'integer', 'bigint'].includes(kind);

function doubleText(value: number, type: SqlType): string {
  return type.kind === 'any' && Number.isInteger(value) ? String(value) : javaText(value, String(Math.abs(value)));
}

/** Numbers that are no doubles: whole numbers, and `real`, whose shortest text is that of a 32-bit float. */
function floatText(value: number, type: SqlType): string {
  return isWhole(type) ? String(value) : javaText(value, shortestFloat(Math.abs(value)));
}

function shortestFloat(value: number): string {
  for (let digits = 1; digits < 9; digits += 1) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) {
      return String(Number(text));
    }
  }
  return String(value);
}

/** Java's form of a floating number: an exponent below 0.001 and from 10,000,000, always a digit after the point. */
export function javaText(value: number, shortest: string): string {
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  }
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const size = Math.abs(value);
  if (size === 0 || (size >= 0.001 && size < 10_000_000)) {
    return `${sign}${shortest.includes('.') ? shortest : `${shortest}.0`}`;
  }
  const [digits = '', exponent = ''] = Number(shortest).toExponential().split('e');
  return `${sign}${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}

const precisionOf = (type: SqlType): number => (type.kind === 'timestamp' ? type.precision : 3);

/** `2024-01-02 03:04:05.678`, with as many digits of the second as the type has. */
function timestampText(micros: bigint, precision: number): string {
  const seconds = floorDivide(micros, MICROS_PER_SECOND);
  const iso = new Date(Number(seconds) * 1000).toISOString();
  const fraction = (micros - seconds * MICROS_PER_SECOND).toString().padStart(6, '0').slice(0, precision);
  return `${iso.slice(0, -5).replace('T', ' ')}${fraction === '' ? '' : `.${fraction}`}`;
}

const floorDivide = (a: bigint, b: bigint): bigint => (a >= 0n ? a / b : -((-a + b - 1n) / b));

function zonedText(micros: bigint, type: SqlType): string {
  const zone = type.kind === 'timestamp' ? (type.zone ?? 'UTC') : 'UTC';
  return `${timestampText(micros + offsetMicros(micros, zone), precisionOf(type))} ${zone}`;
}

/** How far a zone's clock is ahead of UTC at an instant. */
function offsetMicros(micros: bigint, zone: string): bigint {
  if (zone === 'UTC') {
    return 0n;
  }
  const instant = new Date(Number(floorDivide(micros, 1000n)));
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(instant);
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(parts.find(({ type }) => type === 'timeZoneName')?.value ?? '');
  const minutes = match === null ? 0 : (Number(match[2]) * 60 + Number(match[3])) * (match[1] === '-' ? -1 : 1);
  return BigInt(minutes) * 60n * MICROS_PER_SECOND;
}

/** `2 03:04:05.678`, or `1-2` for years and months. */
function intervalText({ months, days, micros }: DuckDBIntervalValue, type: SqlType): string {
  if (type.kind === 'interval_year' || (type.kind === 'any' && months !== 0)) {
    const size = Math.abs(months);
    return `${months < 0 ? '-' : ''}${Math.floor(size / 12)}-${size % 12}`;
  }
  const total = BigInt(days) * 86_400n * MICROS_PER_SECOND + micros;
  const milliseconds = Number((total < 0n ? -total : total) / 1000n);
  const time = new Date(milliseconds % 86_400_000).toISOString().slice(11, -1);
  return `${total < 0n ? '-' : ''}${Math.floor(milliseconds / 86_400_000)} ${time}`;
}
