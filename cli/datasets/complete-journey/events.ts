import type { DuckDBInstance } from '@duckdb/node-api';
import { TributaryError } from '../../../common/errors.ts';
import type { CloudEvent } from '../../../events/cloud-event.ts';
import type { Contract, StreamName } from '../../../events/contracts/contract.ts';
import { dataSchemaOf } from '../../../events/contracts/index.ts';
import { posTransactions } from '../../../events/contracts/pos-transactions.ts';
import type { StreamRecord } from '../../../events/producer/index.ts';
import { streamedLinesSql } from './sources.ts';

const { stream, type } = streamOf(posTransactions);

/** Stream that the last week's lines go to, by the name that contracts use. */
export const STREAM = stream;

/** The last seven days' lines as CloudEvents, ordered by time; the same ids each time. */
export async function streamedEvents(instance: DuckDBInstance, currency: string): Promise<StreamRecord[]> {
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(streamedLinesSql(currency));
  connection.closeSync();
  const lines = reader.getRowObjectsJson().map(toLine);
  return lines.map(toRecord);
}

type Line = Readonly<Record<string, string | number | null>>;

const NUMBERS = new Set(['quantity', 'unit_price', 'discount_amount', 'coupon_amount', 'total_amount']);

/** DuckDB gives 64-bit integers and decimals as text; as JSON they are numbers. */
function toLine(row: Readonly<Record<string, unknown>>): Line {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value === null ? null : NUMBERS.has(name) ? Number(value) : typeof value === 'number' ? value : String(value),
    ]),
  );
}

/** One line as a CloudEvent in structured JSON; a basket's lines share their shard, so that they keep their order. */
function toRecord(line: Line): StreamRecord {
  const event: CloudEvent = {
    specversion: '1.0',
    id: `${line.transaction_id}-${line.line_number}`,
    source: `urn:complete-journey:store:${line.store_id}`,
    type,
    time: String(line.transaction_at),
    datacontenttype: 'application/json',
    dataschema: dataSchemaOf(posTransactions),
    data: line,
  };
  return { partitionKey: String(line.transaction_id), data: Buffer.from(JSON.stringify(event)) };
}

function streamOf({ source, transport }: Contract): { stream: StreamName; type: string } {
  if (transport.stream) return transport.stream;
  throw new TributaryError({ code: 'no_stream', message: 'the contract has no stream', where: source });
}
