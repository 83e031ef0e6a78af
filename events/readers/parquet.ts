import {
  type AsyncBuffer,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { asError } from '../../common/errors.ts';
import { UtcMicros } from '../validator/instant.ts';
import { FileRefusal } from './refusal.ts';
import type { RecordSink } from './sink.ts';

/** A file of which any part can be fetched. */
export interface RandomAccess {
  readonly bytes: number;
  /** The bytes from `start` up to but not including `end`. */
  read(start: number, end: number): Promise<ArrayBuffer>;
}

/** Timestamps keep their microseconds. */
const parsers = {
  timestampFromMilliseconds: (millis: bigint) => new UtcMicros(millis * 1000n),
  timestampFromMicroseconds: (micros: bigint) => new UtcMicros(micros),
  timestampFromNanoseconds: (nanos: bigint) => new UtcMicros(nanos / 1000n),
  dateFromDays: (days: number) => new UtcMicros(BigInt(days) * 86_400_000_000n),
};

/** Rows handed to the sink between two waits. */
const ROWS_PER_BLOCK = 10_000;

/** Reads a Parquet file row group by row group; a group is held in memory as a whole. */
export async function readParquet(file: RandomAccess, sink: RecordSink): Promise<void> {
  const { buffer, readable } = guarded(file);
  const metadata = await readable(() => parquetMetadataAsync(buffer));
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  sink.columns(names);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const columns = await readable(() => readColumns(buffer, metadata, rowStart, rowEnd));
    await handOver(names, columns, rowEnd - rowStart, sink);
    rowStart = rowEnd;
  }
}

/** Tells failures of the store, which go on as they are, from bytes that are no Parquet file, which refuse it. */
function guarded(file: RandomAccess) {
  let storeError: unknown;
  const buffer: AsyncBuffer = {
    byteLength: file.bytes,
    slice: async (start, end = file.bytes) => {
      try {
        return await file.read(start, end);
      } catch (thrown) {
        storeError = thrown;
        throw thrown;
      }
    },
  };
  const readable = async <T>(read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (thrown) {
      if (storeError !== undefined) throw storeError;
      const message = `the file is not a complete Parquet file: ${asError(thrown).message}`;
      throw new FileRefusal('unreadable_parquet', message, thrown);
    }
  };
  return { buffer, readable };
}

/** The values of a row group by column name; a column comes in pieces. */
async function readColumns(
  file: AsyncBuffer,
  metadata: FileMetaData,
  rowStart: number,
  rowEnd: number,
): Promise<ReadonlyMap<string, readonly DecodedArray[]>> {
  const columns = new Map<string, DecodedArray[]>();
  const onChunk = ({ columnName, columnData }: { columnName: string; columnData: DecodedArray }) => {
    const pieces = columns.get(columnName);
    if (pieces) pieces.push(columnData);
    else columns.set(columnName, [columnData]);
  };
  await parquetRead({ file, metadata, rowStart, rowEnd, onChunk, compressors, parsers });
  return columns;
}

/** A column's values one after the other, through its pieces. */
function* valuesOf(pieces: readonly DecodedArray[]): Generator<unknown> {
  for (const piece of pieces) yield* piece;
}

async function handOver(
  names: readonly string[],
  columns: ReadonlyMap<string, readonly DecodedArray[]>,
  rows: number,
  sink: RecordSink,
): Promise<void> {
  const cursors = names.map((name) => valuesOf(columns.get(name) ?? []));
  for (let row = 0; row < rows; row++) {
    const values = cursors.map((cursor) => cursor.next().value);
    sink.row(values, () => rawRow(names, values));
    if (row % ROWS_PER_BLOCK === 0) await sink.drain();
  }
  await sink.drain();
}

const rawRow = (names: readonly string[], values: readonly unknown[]): string =>
  JSON.stringify(Object.fromEntries(names.map((name, at) => [name, values[at]])), (_key, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
