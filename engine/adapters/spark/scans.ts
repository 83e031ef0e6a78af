import type { S3Client } from '@aws-sdk/client-s3';
import { type FileMetaData, parquetSchema, type SchemaElement } from 'hyparquet';
import { TributaryError } from '../../../common/errors.ts';
import type { InputFile, InputTable } from '../adapter.ts';
import { readFooters } from '../parquet-footers.ts';
import { type SparkField, type SparkSchema, sparkField, sparkSchema, struct } from './types.ts';

/** A table that the job binds to its name: all rows of its scans, cast to `schema`. */
export interface SparkView {
  readonly name: string;
  readonly schema: SparkSchema;
  readonly scans: readonly SparkScan[];
}

/** Files that are read alike. */
export interface SparkScan {
  readonly format: 'parquet' | 'json';
  /** The view's columns in their order, as the files have them: names may be others, types narrower. */
  readonly schema: SparkSchema;
  readonly options: Readonly<Record<string, string>>;
  readonly paths: readonly string[];
}

type Column = InputTable['columns'][number];

/** Throws `object_missing` and `engine_unsupported`. */
export async function sparkView(s3: S3Client, table: InputTable): Promise<SparkView> {
  const { name, columns, pathColumns = [], filePosition } = table;
  if (filePosition !== undefined) {
    throw new TributaryError({
      code: 'engine_unsupported',
      message: 'Spark does not tell the position of the file that a row is in',
      where: name,
    });
  }
  const schema = sparkSchema([...columns, ...pathColumns]);
  if (table.files.length === 0) return { name, schema, scans: [] };
  const hasIds = table.format === 'parquet' && columns.every(({ id }) => id !== undefined);
  const scans = hasIds ? await scansById(s3, table) : [scanByName(table)];
  return { name, schema, scans };
}

/** Spark does not widen what it reads from Parquet, so files that were written before a column was widened go apart. */
async function scansById(s3: S3Client, { columns, files }: InputTable): Promise<readonly SparkScan[]> {
  const footers = await readFooters(s3, files);
  const read = files.map((file, index) => ({ file, schema: storedSchema(columns, footers[index]) }));
  return [...Map.groupBy(read, ({ schema }) => JSON.stringify(schema)).values()].map((group) => ({
    format: 'parquet',
    schema: group[0]?.schema ?? struct([]),
    options: {},
    paths: group.map(({ file }) => file.uri),
  }));
}

/** The columns in the types that a file has them in. */
function storedSchema(columns: readonly Column[], footer: FileMetaData | undefined): SparkSchema {
  const stored = footer === undefined ? [] : parquetSchema(footer).children.map(({ element }) => element);
  return struct(
    columns.map((column) => {
      const element = stored.find(({ field_id: id }) => id === column.id);
      const field = sparkField(column);
      // Spark would take a column that the file has under this name for it, whatever its id.
      return { ...field, name: `field_${column.id}`, type: (element && storedType(element)) ?? field.type };
    }),
  );
}

/** The type of a Parquet column where it may be narrower than declared; undefined where it is as declared. */
function storedType({ type, logical_type: logical, converted_type: converted, ...sizes }: SchemaElement) {
  if (logical?.type === 'DECIMAL' || converted === 'DECIMAL') return `decimal(${sizes.precision},${sizes.scale ?? 0})`;
  if (logical?.type === 'TIMESTAMP') return logical.isAdjustedToUTC ? 'timestamp' : 'timestamp_ntz';
  if (type === 'FLOAT') return 'float';
  const isDate = logical?.type === 'DATE' || converted === 'DATE';
  return type === 'INT32' && !isDate ? 'integer' : undefined;
}

/** Columns by name; values of `name=value` folders become columns too. */
function scanByName({ format, columns, pathColumns = [], files }: InputTable): SparkScan {
  const fields = [...columns, ...pathColumns].map((column) => asInstant(sparkField(column)));
  const basePath = pathColumns.length === 0 ? undefined : commonRoot(files, pathColumns);
  return {
    format,
    schema: struct(fields),
    options: { ...(format === 'json' && { mode: 'FAILFAST' }), ...(basePath !== undefined && { basePath }) },
    paths: files.map(({ uri }) => uri),
  };
}

/** Spark reads any timestamp as an instant, but only some as one without a zone; the view casts it back, in UTC. */
const asInstant = (field: SparkField): SparkField =>
  field.type === 'timestamp_ntz' ? { ...field, type: 'timestamp' } : field;

/** The folder above all partitions. */
function commonRoot(files: readonly InputFile[], pathColumns: NonNullable<InputTable['pathColumns']>): string {
  const names = pathColumns.map(({ name }) => `${name}=`);
  const folders = files[0]?.uri.split('/') ?? [];
  const first = folders.findIndex((folder) => names.some((name) => folder.startsWith(name)));
  return folders.slice(0, first === -1 ? -1 : first).join('/');
}
