import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { asError, TributaryError } from '../../../common/errors.ts';
import { copyStatement, type WrittenFile, writtenFiles } from '../../../engine/adapters/duckdb/copy.ts';
import {
  type Catalog,
  commit,
  type FileIo,
  loadTable,
  type Table,
  tableColumns,
} from '../../../engine/iceberg/index.ts';
import { specById } from '../../../engine/iceberg/metadata.ts';
import type { PartitionBy } from '../../../engine/model.ts';
import { QueryFailure } from '../failures.ts';
import { columnAt, type MaterialisedResult } from './result.ts';
import type { Upload } from './upload.ts';

/** Partitions that one statement may write to. */
const MAX_PARTITIONS = 100;
const ATTEMPTS = 5;

export interface IcebergWriter {
  readonly catalog: Catalog;
  readonly io: FileIo;
  readonly upload: Upload;
}

/** Appends a result, whose columns are those of the table in order. Throws `ICEBERG_TOO_MANY_OPEN_PARTITIONS`. */
export async function appendToIceberg(writer: IcebergWriter, table: Table, result: MaterialisedResult): Promise<void> {
  const columns = tableColumns(table);
  const layout = { columns, ...layoutOf(table) };
  const named = columns.map(({ name }, index) => `${columnAt(index)} as "${name.replaceAll('"', '""')}"`);
  await result.connection.run(`create view "$renamed" as select ${named.join(', ')} from ${result.relation}`);
  await mkdir(result.folder, { recursive: true });
  const copy = copyStatement('$renamed', layout, result.folder);
  const reader = await result.connection.runAndReadAll(copy);
  const files = writtenFiles(reader.getRowObjectsJson(), layout);
  requireFewPartitions(files);
  if (files.length === 0) return;
  const add = await Promise.all(
    files.map(async ({ localPath, folder, ...file }) => {
      const path = [table.metadata.location, 'data', ...folder, `${randomUUID()}.parquet`].join('/');
      await writer.upload(localPath, path);
      return { ...file, path };
    }),
  );
  result.signal.throwIfAborted();
  await append(writer, table, add);
}

function requireFewPartitions(files: readonly WrittenFile[]): void {
  if (new Set(files.map(({ partition }) => partition.map(String).join('\n'))).size <= MAX_PARTITIONS) return;
  const detail = `Exceeded limit of ${MAX_PARTITIONS} open writers for partitions`;
  throw new QueryFailure('ICEBERG_TOO_MANY_OPEN_PARTITIONS', detail);
}

/** Another writer's commit in between is no hindrance to an append. */
async function append({ catalog, io }: IcebergWriter, table: Table, add: Parameters<typeof commit>[3]['add']) {
  let current = table;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await commit(catalog, io, current, { operation: 'append', add, properties: {} });
      return;
    } catch (error) {
      const isConflict = error instanceof TributaryError && error.code === 'commit_conflict';
      if (!isConflict) throw asError(error);
      if (attempt === ATTEMPTS) throw new QueryFailure('ICEBERG_COMMIT_ERROR', error.message);
    }
    const { database, table: name } = table.entry;
    current = (await loadTable(catalog, io, database, name)) ?? current;
  }
}

/** Partitioning and sort order in the committer's terms. */
function layoutOf({ metadata }: Table): { partitionBy: readonly PartitionBy[]; sortBy: readonly string[] } {
  const schema = metadata.schemas.find((candidate) => candidate['schema-id'] === metadata['current-schema-id']);
  const nameOf = (id: number): string => schema?.fields.find((field) => field.id === id)?.name ?? '';
  const { fields } = specById(metadata, metadata['default-spec-id']);
  const order = metadata['sort-orders'].find((one) => one['order-id'] === metadata['default-sort-order-id']);
  return {
    partitionBy: fields.map((field) => ({
      column: nameOf(field['source-id']),
      transform: transformOf(field.transform),
    })),
    sortBy: (order?.fields ?? []).map((field) => nameOf(field['source-id'])),
  };
}

export function transformOf(transform: string): PartitionBy['transform'] {
  if (transform === 'identity' || transform === 'day' || transform === 'month') return transform;
  const detail = `The local endpoint writes Iceberg tables partitioned by identity, day or month, not by ${transform}`;
  throw new QueryFailure('NOT_SUPPORTED', detail);
}
