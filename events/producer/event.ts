import { randomUUID } from 'node:crypto';
import { TributaryError } from '../../common/errors.ts';
import { type CloudEvent, MAX_EVENT_BYTES } from '../cloud-event.ts';
import type { Contract, StreamName } from '../contracts/contract.ts';
import { dataSchemaOf } from '../contracts/index.ts';
import type { Row } from '../contracts/row.ts';
import { textOfMicros } from '../validator/instant.ts';
import { type JsonRecord, type ObjectLayout, objectLayout } from '../validator/layout.ts';
import { RowBatch } from '../validator/row-batch.ts';
import { RowRefused } from './errors.ts';
import type { StreamRecord } from './record.ts';

/** What an event carries of a contract's row: optional fields may be left out. */
export type EventData<C extends Contract> = {
  readonly [Name in keyof Row<C> as null extends Row<C>[Name] ? never : Name]: Row<C>[Name];
} & {
  readonly [Name in keyof Row<C> as null extends Row<C>[Name] ? Name : never]?: Row<C>[Name];
};

export interface EventOptions {
  /** Events of one key keep their order; by default what identifies the entity in its contract. */
  readonly partitionKey?: string;
  /** Distinct among all events of the source: whoever sends an event again gives it the same one. By default at random. */
  readonly id?: string;
  /** When it happened, ISO 8601; by default what the contract's event-time field says. */
  readonly time?: string;
  /** What the event is about, within its source. */
  readonly subject?: string;
}

export interface AddressedRecord {
  readonly stream: StreamName;
  readonly record: StreamRecord;
}

/** Kinesis takes no longer ones; a key that is cut still keeps the order of its records. */
export const LONGEST_KEY = 256;

/** Makes events that ingestion takes in as they are. */
export class EventFactory {
  readonly #source: string;
  readonly #validators = new Map<string, Validator>();

  /** @param source who sends: `source` of its CloudEvents, a URI */
  constructor(source: string) {
    this.#source = source;
  }

  /** Throws `RowRefused`, and `no_stream`, `event_too_large`. */
  event<C extends Contract>(contract: C, row: EventData<C>, options: EventOptions = {}): AddressedRecord {
    const { stream } = contract.transport;
    if (stream === undefined) {
      throw new TributaryError({
        code: 'no_stream',
        message: 'this source comes in files, its contract has no stream',
        where: contract.source,
      });
    }
    const data = jsonOf(row);
    const time = this.#eventTime(contract, data);
    const { id = randomUUID(), subject, partitionKey = contract.key.map((name) => data[name]).join('/') } = options;
    const event: CloudEvent = {
      specversion: '1.0',
      id,
      source: this.#source,
      type: stream.type,
      time: options.time ?? time,
      datacontenttype: 'application/json',
      dataschema: dataSchemaOf(contract),
      ...(subject !== undefined && { subject }),
      data,
    };
    const bytes = Buffer.from(JSON.stringify(event));
    if (bytes.length > MAX_EVENT_BYTES) {
      throw new TributaryError({
        code: 'event_too_large',
        message: `the event has ${bytes.length} bytes, more than ${MAX_EVENT_BYTES}`,
        where: contract.source,
      });
    }
    return { stream: stream.stream, record: { partitionKey: partitionKey.slice(0, LONGEST_KEY), data: bytes } };
  }

  /** Validates the row, and tells its event time. */
  #eventTime(contract: Contract, data: JsonRecord): string {
    const known = this.#validators.get(contract.source) ?? new Validator(contract);
    this.#validators.set(contract.source, known);
    return known.eventTime(data);
  }
}

class Validator {
  readonly #contract: Contract;
  readonly #layout: ObjectLayout;
  readonly #rows: RowBatch;

  constructor(contract: Contract) {
    this.#contract = contract;
    this.#layout = objectLayout(contract);
    this.#rows = new RowBatch(contract, 1);
  }

  eventTime(data: JsonRecord): string {
    const problems = this.#rows.push(this.#layout.values(data));
    if (problems.length > 0) throw new RowRefused(this.#contract.source, problems);
    const [micros] = this.#rows.data(this.#contract.eventTimeColumn);
    this.#rows.clear();
    return typeof micros === 'bigint' ? textOfMicros(micros) : new Date().toISOString();
  }
}

/** JSON has no integers of 64 bits: those that a double cannot hold go as text. What is absent is left out. */
function jsonOf(row: Readonly<Record<string, unknown>>): JsonRecord {
  const cells = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    cells.map(([name, value]) => [name, typeof value === 'bigint' ? jsonInteger(value) : value]),
  );
}

const jsonInteger = (value: bigint): number | string =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
