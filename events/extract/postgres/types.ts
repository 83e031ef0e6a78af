import { type Moment, momentOf } from '../version.ts';
import { arrayJson } from './array-text.ts';

/** JSON of a value that PostgreSQL has sent as text. */
export type Encode = (text: string) => string;

/** Types by their fixed object ids (pg_type.dat). */
const OID = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  oid: 26,
  json: 114,
  float4: 700,
  float8: 701,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  jsonb: 3802,
} as const;

const quoted: Encode = (text) => JSON.stringify(text);
const asItIs: Encode = (text) => text;
/** JSON has no NaN and no infinity. */
const float: Encode = (text) => (Number.isFinite(Number(text)) ? text : quoted(text));
/** Whitespace may stand between the parts of json, and a line of a file must not end there. */
const json: Encode = (text) => text.replaceAll(/[\r\n]+/g, ' ');
const base64: Encode = (text) => quoted(Buffer.from(text.slice(2), 'hex').toString('base64'));

const SECONDS_END = 19;

/** `2026-11-21 10:15:00.5+00` as `2026-11-21T10:15:00.500000Z`; what ISO 8601 has no form for stays as it is. */
export function isoText(text: string): string {
  const isOrdinary = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?(\+00)?$/.test(text);
  if (!isOrdinary) return text;
  const end = text.endsWith('+00') ? -3 : undefined;
  const fraction = text.slice(SECONDS_END + 1, end).padEnd(6, '0');
  return `${text.slice(0, 10)}T${text.slice(11, SECONDS_END)}.${fraction}Z`;
}

const ENCODERS: Readonly<Record<number, Encode>> = {
  [OID.bool]: (text) => (text === 't' ? 'true' : 'false'),
  [OID.bytea]: base64,
  [OID.int2]: asItIs,
  [OID.int4]: asItIs,
  [OID.oid]: asItIs,
  [OID.json]: json,
  [OID.jsonb]: json,
  [OID.float4]: float,
  [OID.float8]: float,
  [OID.timestamp]: (text) => quoted(isoText(text)),
  [OID.timestamptz]: (text) => quoted(isoText(text)),
};

/** A type that is an array, with what its elements are. */
export interface ArrayType {
  readonly oid: number;
  readonly elementOid: number;
  readonly delimiter: string;
}

/**
 * How values of a type become JSON without loss: numeric and int8 as text, timestamps as ISO 8601 in UTC, bytea as
 * base64, json as it is, arrays as arrays, everything else (enums, uuid, intervals as ISO 8601 …) as its text.
 */
export function encoderOf(oid: number, arrays: ReadonlyMap<number, ArrayType>): Encode {
  const array = arrays.get(oid);
  if (array === undefined) return ENCODERS[oid] ?? quoted;
  const element = encoderOf(array.elementOid, new Map());
  return (text) => arrayJson(text, element, array.delimiter);
}

const VERSION_TYPES: readonly number[] = [OID.timestamp, OID.timestamptz, OID.date];

export const canBeVersion = (oid: number): boolean => VERSION_TYPES.includes(oid);

/** The version that a column of such a type holds; undefined for infinity and years beyond 9999. */
export const versionOfText = (text: string | null): Moment | undefined =>
  text === null ? undefined : momentOf(isoText(text));
