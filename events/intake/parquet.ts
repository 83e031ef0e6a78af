import { constants, zstdCompressSync } from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import type { FieldType } from '../contracts/field.ts';
import type { ColumnData } from '../validator/columns.ts';

/** A column of a row group. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: FieldType;
  readonly data: ColumnData;
  /** Whether values repeat so seldom that a dictionary would cost time and save nothing. */
  readonly isDistinct?: boolean;
}

/** Fast and within a tenth of the size of the higher levels on such data. */
const COMPRESSION_LEVEL = 1;

const zstd = (bytes: Uint8Array): Uint8Array =>
  zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: COMPRESSION_LEVEL } });

/**
 * The Parquet type of a field. Timestamps are microseconds without a zone (they are UTC throughout), which Athena, Trino, Spark
 * and DuckDB all read as `timestamp`.
 */
function schemaElement(name: string, type: FieldType): SchemaElement {
  const base = { name, repetition_type: 'OPTIONAL' } as const;
  switch (type.kind) {
    case 'string':
      return { ...base, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
    case 'boolean':
      return { ...base, type: 'BOOLEAN' };
    case 'integer':
      return { ...base, type: 'INT32' };
    case 'bigint':
      return { ...base, type: 'INT64' };
    case 'date':
      return { ...base, type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } };
    case 'timestamp':
      return { ...base, type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' } };
    case 'decimal': {
      const { precision, scale } = type;
      const logical_type = { type: 'DECIMAL', precision, scale } as const;
      return { ...base, type: 'INT64', converted_type: 'DECIMAL', precision, scale, logical_type };
    }
  }
}

/** A Parquet file in memory, to which row groups of the same columns are added. */
export class ParquetFile {
  readonly #bytes = new ByteWriter();
  #writer: ParquetWriter | undefined;
  #rows = 0;
  #groups = 0;

  get rows(): number {
    return this.#rows;
  }

  get groups(): number {
    return this.#groups;
  }

  /** Adds one row group; all columns have the same length, above zero. */
  add(columns: readonly ParquetColumn[]): void {
    this.#writer ??= new ParquetWriter({
      writer: this.#bytes,
      schema: [
        { name: 'row', num_children: columns.length },
        ...columns.map(({ name, type }) => schemaElement(name, type)),
      ],
      codec: 'ZSTD',
      compressors: { ZSTD: zstd },
      createdBy: 'tributary',
    });
    const rows = columns[0]?.data.length ?? 0;
    this.#writer.write({ columnData: columns.map(columnSource), rowGroupSize: rows });
    this.#rows += rows;
    this.#groups++;
  }

  /** The finished file; nothing can be added after that. */
  finish(): Uint8Array {
    this.#writer?.finish();
    return this.#bytes.getBytes();
  }
}

/**
 * 64-bit numbers and distinct texts go without a dictionary, and texts without bounds: what these cost in time is more
 * than they save in a table that is read by ingest hour.
 */
function columnSource({ name, type, data, isDistinct }: ParquetColumn): ColumnSource {
  const isWide = type.kind === 'decimal' || type.kind === 'timestamp' || type.kind === 'bigint';
  const encoding = isWide || isDistinct ? { encoding: 'PLAIN' as const } : {};
  return { name, data, statistics: type.kind !== 'string', ...encoding };
}
