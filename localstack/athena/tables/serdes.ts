import type { Table } from '@aws-sdk/client-glue';
import { QueryFailure } from '../failures.ts';

/** How the files of a Hive table are read and written. */
export type FileKind = 'parquet' | 'json' | 'text' | 'csv';

export interface Serde {
  readonly library: string;
  readonly inputFormat: string;
  readonly outputFormat: string;
}

const TEXT_INPUT = 'org.apache.hadoop.mapred.TextInputFormat';
const TEXT_OUTPUT = 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat';

export const SERDES: Readonly<Record<FileKind, Serde>> = {
  parquet: {
    library: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
    inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
    outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
  },
  json: { library: 'org.openx.data.jsonserde.JsonSerDe', inputFormat: TEXT_INPUT, outputFormat: TEXT_OUTPUT },
  text: {
    library: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
    inputFormat: TEXT_INPUT,
    outputFormat: TEXT_OUTPUT,
  },
  csv: { library: 'org.apache.hadoop.hive.serde2.OpenCSVSerde', inputFormat: TEXT_INPUT, outputFormat: TEXT_OUTPUT },
};

/** Input format of tables whose folders hold texts that name the files. */
export const SYMLINK_INPUT = 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat';

/** What a SerDe's class reads; undefined for classes that this endpoint does not know. */
export function fileKindOf(library: string): FileKind | undefined {
  if (/ParquetHiveSerDe$/i.test(library)) return 'parquet';
  if (/JsonSerDe$/i.test(library)) return 'json';
  if (/LazySimpleSerDe$/i.test(library)) return 'text';
  return /OpenCSVSerde$/i.test(library) ? 'csv' : undefined;
}

/** The format of a table's files. Throws `NOT_SUPPORTED` for others than Parquet, JSON and delimited text. */
export function fileKind({ StorageDescriptor, DatabaseName, Name }: Table): FileKind {
  const library = StorageDescriptor?.SerdeInfo?.SerializationLibrary ?? '';
  const kind = fileKindOf(library);
  if (kind !== undefined) return kind;
  const what = `Table ${DatabaseName}.${Name} has files of SerDe '${library}'`;
  throw new QueryFailure('NOT_SUPPORTED', `${what}; the local endpoint reads Parquet, JSON and delimited text`);
}
