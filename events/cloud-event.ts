import { isUtf8 } from 'node:buffer';
import type { Contract } from './contracts/contract.ts';
import { contractByEventType, dataSchemaOf } from './contracts/index.ts';
import { upcastFrom } from './contracts/upcast.ts';
import { isJsonRecord, parseRecord } from './readers/json.ts';
import { microsOfText } from './validator/instant.ts';
import type { JsonRecord } from './validator/layout.ts';
import type { Problem, ProblemCode } from './validator/problem.ts';

/** The largest event that is taken in, as most carriers of CloudEvents have it. */
export const MAX_EVENT_BYTES = 256 * 1024;

/** CloudEvents 1.0 in structured JSON, as producers of this platform write it. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly dataschema: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly subject?: string;
  readonly data: JsonRecord;
}

/** An event whose contract is known and whose data is yet to be validated. */
export interface ReadableEvent {
  readonly contract: Contract;
  readonly id: string;
  readonly data: JsonRecord;
}

/** An event that cannot be taken in, with what could be read of it. */
export interface RefusedEvent {
  readonly problem: Problem;
  readonly contract: Contract | undefined;
  readonly id: string | null;
  readonly data: JsonRecord | undefined;
}

const refused = (
  code: ProblemCode,
  message: string,
  known: { readonly contract?: Contract; readonly id?: string; readonly data?: JsonRecord } = {},
): RefusedEvent => ({
  problem: { code, message },
  contract: known.contract,
  id: known.id ?? null,
  data: known.data,
});

/** Reads a CloudEvent and finds the contract that its type and data schema name. */
export function decodeEvent(bytes: Buffer): ReadableEvent | RefusedEvent {
  if (bytes.length > MAX_EVENT_BYTES) {
    return refused('event_too_large', `the event has ${bytes.length} bytes, more than ${MAX_EVENT_BYTES}`);
  }
  if (!isUtf8(bytes)) return refused('invalid_utf8', 'the event is not UTF-8 text');
  const parsed = parseRecord(bytes.toString('utf8'));
  return 'record' in parsed ? decodeAttributes(parsed.record) : refused(parsed.problem.code, parsed.problem.message);
}

const isFilled = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** What is wrong with the attributes that CloudEvents 1.0 prescribes. */
function attributeErrors(event: JsonRecord): string[] {
  const errors: string[] = [];
  if (event.specversion !== '1.0') errors.push('specversion must be "1.0"');
  for (const name of ['id', 'source', 'type']) {
    if (!isFilled(event[name])) errors.push(`${name} must be a text that is not empty`);
  }
  const { time, datacontenttype } = event;
  if (time !== undefined && (typeof time !== 'string' || microsOfText(time) === undefined)) {
    errors.push('time must be an RFC 3339 timestamp');
  }
  if (datacontenttype !== undefined && datacontenttype !== 'application/json') {
    errors.push('datacontenttype must be application/json');
  }
  return errors;
}

/** Attributes are the producer's, who may put anything there: quoted is only what cannot be personal. */
function shownSchema(dataschema: unknown): string {
  if (dataschema === undefined) return 'dataschema is missing';
  const isOurs = typeof dataschema === 'string' && /^urn:tributary:[a-z_]{1,40}:v\d{1,6}$/.test(dataschema);
  return isOurs ? `dataschema is ${dataschema}` : 'dataschema names no contract';
}

function decodeAttributes(event: JsonRecord): ReadableEvent | RefusedEvent {
  const id = isFilled(event.id) ? event.id : undefined;
  const contract = isFilled(event.type) ? contractByEventType(event.type) : undefined;
  const data = isJsonRecord(event.data) ? event.data : undefined;
  const known = { ...(contract && { contract }), ...(id !== undefined && { id }), ...(data && { data }) };
  const errors = attributeErrors(event);
  if (id === undefined || errors.length > 0) {
    return refused('not_a_cloudevent', `not a CloudEvent: ${errors.join('; ')}`, known);
  }
  if (contract === undefined) {
    return refused('unknown_type', 'no contract takes events of this type', known);
  }
  const upcast = upcastFrom(contract, event.dataschema);
  if (upcast === undefined) {
    const message = `${shownSchema(event.dataschema)}; the version in force is ${dataSchemaOf(contract)}`;
    return refused('unknown_version', message, known);
  }
  if (data === undefined) return refused('not_an_object', 'data must be a JSON object', known);
  return { contract, id, data: upcast(data) };
}
