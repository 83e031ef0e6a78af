import {
  type AsyncBuffer,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
  type RowGroup,
  type SchemaTree,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { asError } from '../../common/errors.ts';
import { UtcMicros, WallClock } from '../validator/instant.ts';
import { headerNames } from './header.ts';
import { FileRefusal } from './refusal.ts';
import type { RecordSink, ResumePoint } from './sink.ts';

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

/** Rows that are decoded at once: a row group may have millions of them. */
const ROWS_PER_SLICE = 131_072;
/** Rows handed to the sink between two waits. */
const ROWS_PER_BLOCK = 8192;
/** The packed bytes of a row group are held in memory while it is read. */
const MAX_GROUP_BYTES = 512 * 1024 * 1024;

/** Reads a Parquet file, a slice of a row group after another. */
export async function readParquet(file: RandomAccess, sink: RecordSink, from?: ResumePoint): Promise<void> {
  const { buffer, readable } = guarded(file);
  const metadata = await readable(() => parquetMetadataAsync(buffer));
  const { children } = await readable(async () => parquetSchema(metadata));
  const columns = children.map((child) => ({ name: child.element.name, isWallClock: isWallClock(child) }));
  sink.columns(headerNames(columns.map(({ name }) => name)));
  const first = from?.offset ?? 0;
  let groupStart = 0;
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows);
    if (groupEnd > first) {
      checkSize(group);
      const held = inMemory(buffer);
      for (let start = Math.max(groupStart, first); start < groupEnd; start += ROWS_PER_SLICE) {
        const slice = { start, end: Math.min(start + ROWS_PER_SLICE, groupEnd) };
        const pieces = await readable(() => readColumns(held, metadata, slice));
        await handOver(columns, pieces, slice, sink);
      }
    }
    groupStart = groupEnd;
  }
}

function checkSize({ columns }: RowGroup): void {
  const bytes = columns.reduce((sum, { meta_data }) => sum + Number(meta_data?.total_compressed_size ?? 0), 0);
  if (bytes <= MAX_GROUP_BYTES) return;
  const message = `a row group has ${Math.round(bytes / 1024 ** 2)} MiB, more than 512: write smaller row groups`;
  throw new FileRefusal('file_too_large', message);
}

/** Fetches each range once; forgotten with the row group. */
function inMemory({ byteLength, slice }: AsyncBuffer): AsyncBuffer {
  const fetched = new Map<string, ReturnType<AsyncBuffer['slice']>>();
  return {
    byteLength,
    slice: (start, end) => {
      const key = `${start}-${end}`;
      const bytes = fetched.get(key) ?? slice(start, end);
      fetched.set(key, bytes);
      return bytes;
    },
  };
}

/** Whether the column has timestamps of which nobody says in which zone they are. */
const isWallClock = ({ element: { logical_type: type } }: SchemaTree): boolean =>
  type?.type === 'TIMESTAMP' && !type.isAdjustedToUTC;

/** Rows from `start` up to but not including `end`. */
interface RowRange {
  readonly start: number;
  readonly end: number;
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

/** Values of a column that follow one another, from row `start` on. */
interface Piece {
  readonly start: number;
  readonly values: DecodedArray;
}

/** The values of some rows by column name; the first piece may begin before them, the last end after them. */
async function readColumns(
  file: AsyncBuffer,
  metadata: FileMetaData,
  { start: rowStart, end: rowEnd }: RowRange,
): Promise<ReadonlyMap<string, readonly Piece[]>> {
  const columns = new Map<string, Piece[]>();
  const onChunk = (chunk: { columnName: string; columnData: DecodedArray; rowStart: number }) => {
    const piece = { start: chunk.rowStart, values: chunk.columnData };
    const pieces = columns.get(chunk.columnName);
    if (pieces) pieces.push(piece);
    else columns.set(chunk.columnName, [piece]);
  };
  await parquetRead({ file, metadata, rowStart, rowEnd, onChunk, compressors, parsers });
  return columns;
}

/** A column's values one after the other, through its pieces. */
function* valuesOf(pieces: readonly Piece[], { start: from, end }: RowRange): Generator<unknown> {
  for (const { start, values } of pieces) {
    const stop = Math.min(values.length, end - start);
    for (let at = Math.max(from - start, 0); at < stop; at++) yield values[at];
  }
}

async function handOver(
  columns: readonly { readonly name: string; readonly isWallClock: boolean }[],
  pieces: ReadonlyMap<string, readonly Piece[]>,
  rows: RowRange,
  sink: RecordSink,
): Promise<void> {
  const cursors = columns.map(({ name }) => valuesOf(pieces.get(name) ?? [], rows));
  const wallClocks = columns.flatMap(({ isWallClock }, at) => (isWallClock ? [at] : []));
  for (let row = rows.start; row < rows.end; row++) {
    const values = cursors.map((cursor) => cursor.next().value);
    for (const at of wallClocks) if (values[at] instanceof UtcMicros) values[at] = new WallClock(values[at].micros);
    sink.row(values, sizeOf(values));
    if ((row + 1 - rows.start) % ROWS_PER_BLOCK === 0) await sink.drain({ offset: row + 1 });
  }
  await sink.drain({ offset: rows.end });
}

const sizeOf = (values: readonly unknown[]): number =>
  values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);
