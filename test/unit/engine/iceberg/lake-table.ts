import {
  type CommitRequest,
  commit,
  createTable,
  type DataFile,
  dataFiles,
  loadTable,
  type Snapshot,
  type Table,
  type TableDefinition,
} from '../../../../engine/iceberg/index.ts';
import { type MemoryLake, memoryLake } from '../../../fixtures/memory-lake.ts';

export const LOCATION = 's3://lake/gold/sales';

export const DEFINITION: TableDefinition = {
  database: 'gold',
  table: 'sales',
  location: LOCATION,
  columns: [
    { name: 'sale_id', type: 'varchar', description: 'Key' },
    { name: 'quantity', type: 'integer', description: '' },
    { name: 'amount', type: 'decimal(18,2)', description: 'In base currency' },
    { name: 'sold_on', type: 'date', description: 'Day of sale' },
  ],
  partitionBy: [{ column: 'sold_on', transform: 'month' }],
  sortBy: ['sale_id'],
  description: 'Sales for tests',
};

/** A created table in a lake in memory, with the calls that tests repeat. */
export interface LakeTable extends MemoryLake {
  load(): Promise<Table>;
  /** Commits upon the current state. */
  commit(request: Partial<CommitRequest>): Promise<Snapshot>;
  /** A new data file that exists in the lake. */
  file(name: string, fields?: Partial<DataFile>): DataFile;
  /** Makes the files one, as other engines do: in a snapshot of the operation `replace`, of which `summary` may lie. */
  compact(
    name: string,
    paths: readonly string[],
    summary?: Readonly<Record<string, string | undefined>>,
  ): Promise<void>;
  livePaths(selector?: Parameters<typeof dataFiles>[2]): Promise<readonly string[]>;
}

export async function lakeTable(definition: TableDefinition = DEFINITION): Promise<LakeTable> {
  const lake = memoryLake();
  const { catalog, io, files } = lake;
  await createTable(catalog, io, definition);
  const load = async (): Promise<Table> => {
    const table = await loadTable(catalog, io, definition.database, definition.table);
    if (table === undefined) throw new Error('the table was just created');
    return table;
  };
  const file: LakeTable['file'] = (name, fields = {}) => {
    const path = `${definition.location}/data/${name}.parquet`;
    files.set(path, Buffer.from(name));
    return {
      path,
      bytes: 100,
      rows: 10,
      partition: definition.partitionBy.map(() => 600),
      stats: new Map(),
      ...fields,
    };
  };
  return {
    ...lake,
    load,
    async commit(request) {
      return commit(catalog, io, await load(), { operation: 'append', add: [], properties: {}, ...request });
    },
    file,
    async compact(name, paths, summary = {}) {
      const before = await load();
      const parts = (await dataFiles(io, before)).filter((part) => paths.includes(part.path));
      const whole = file(name, { rows: parts.reduce((sum, { rows }) => sum + rows, 0) });
      await commit(catalog, io, before, { operation: 'overwrite', add: [whole], remove: paths, properties: {} });
      const { entry, metadata } = await load();
      const all = metadata.snapshots ?? [];
      const replaced = all.map((snapshot, index) =>
        index < all.length - 1
          ? snapshot
          : { ...snapshot, summary: { ...snapshot.summary, operation: 'replace', ...summary } },
      );
      files.set(entry.metadataLocation, Buffer.from(JSON.stringify({ ...metadata, snapshots: replaced })));
    },
    async livePaths(selector) {
      return (await dataFiles(io, await load(), selector)).map((file) => file.path).sort();
    },
  };
}
