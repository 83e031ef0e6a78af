import type { EngineAdapter, InputFile, InputTable } from '../adapters/adapter.ts';
import type { FieldColumn } from '../iceberg/index.ts';
import { type Partition, type PartitionSet, type PartitionUnit, partitionNumber } from '../partitions.ts';

/** A part of a source whose keys are wanted. */
export interface KeyedRows {
  readonly rows: InputTable;
  readonly key: readonly string[];
  readonly column: string;
}

const KNOWN = 'keys.known';
const ADDED = 'keys.added';

const COLUMNS: readonly FieldColumn[] = [
  { id: 1, name: 'key_hash', type: 'bigint' },
  { id: 2, name: 'part', type: 'bigint' },
];

/** Stands for the partition of rows without a date, so that equality finds it. */
const NO_DATE = -1_000_000_000;

/** So many files are read together; then they become one. */
const MAX_FILES = 16;

/**
 * Which keys occur in which partitions, as files of hashes beside the table. It may name a partition too many (hashes
 * collide, objects go), never one too few. It is made and read by DuckDB, whose SQL it is.
 */
export class KeyIndex {
  private readonly adapter: EngineAdapter;
  private readonly folder: string;
  private readonly asOf: string;

  constructor(adapter: EngineAdapter, folder: string, asOf: string) {
    this.adapter = adapter;
    this.folder = folder;
    this.asOf = asOf;
  }

  /** What this version of the engine makes of a certain key: where it differs, the entries of another one are no use. */
  async hashing(): Promise<string> {
    const sql = `select cast(${keyHash(['a', 'b'])} as varchar) as hashing from (select 'key' as a, 1 as b)`;
    const [row] = await this.adapter.query({ sql, inputs: [], asOf: this.asOf });
    return String(row?.hashing);
  }

  /** Files with the keys of these rows, some of them perhaps twice. */
  async write(keyed: readonly KeyedRows[], unit: PartitionUnit): Promise<readonly InputFile[]> {
    const files = await Promise.all(
      keyed.map(({ rows, key, column }) =>
        this.writeFile(
          `select ${keyHash(key)} as key_hash, coalesce(${partitionNumber(column, unit)}, ${NO_DATE}) as part from ${rows.name}`,
          [rows],
        ),
      ),
    );
    return files.flat();
  }

  /** The files, or fewer with the same entries where they have become many. */
  async compacted(files: readonly InputFile[]): Promise<readonly InputFile[]> {
    if (files.length <= MAX_FILES) return files;
    return this.writeFile(`select distinct key_hash, part from ${KNOWN}`, [indexTable(KNOWN, files)]);
  }

  /** The partitions in which keys of the new files occur already. */
  touched(known: readonly InputFile[], added: readonly InputFile[]): Promise<PartitionSet> {
    return this.partitions(`select distinct part from ${KNOWN} where key_hash in (select key_hash from ${ADDED})`, [
      indexTable(KNOWN, known),
      indexTable(ADDED, added),
    ]);
  }

  /** The other partitions that have keys of these ones. */
  neighbours(files: readonly InputFile[], partitions: PartitionSet): Promise<PartitionSet> {
    const list = [...partitions].map((partition) => partition ?? NO_DATE).join(', ');
    if (list === '') return Promise.resolve(new Set());
    return this.partitions(
      `select distinct part from ${KNOWN}
       where part not in (${list}) and key_hash in (select key_hash from ${KNOWN} where part in (${list}))`,
      [indexTable(KNOWN, files)],
    );
  }

  private async partitions(sql: string, inputs: readonly InputTable[]): Promise<PartitionSet> {
    if (inputs.some(({ files }) => files.length === 0)) return new Set();
    const rows = await this.adapter.query({ sql, inputs, asOf: this.asOf });
    return new Set(rows.map(({ part }): Partition => (Number(part) === NO_DATE ? null : Number(part))));
  }

  private async writeFile(sql: string, inputs: readonly InputTable[]): Promise<readonly InputFile[]> {
    const files = await this.adapter.write({
      sql,
      inputs,
      asOf: this.asOf,
      columns: COLUMNS,
      partitionBy: [],
      sortBy: [],
      destination: this.folder,
    });
    return files.map(({ path, bytes }) => ({ uri: path, bytes }));
  }
}

const indexTable = (name: string, files: readonly InputFile[]): InputTable => ({
  name,
  format: 'parquet',
  columns: COLUMNS,
  files,
});

/** A number for the values of a key, whatever their types; the same in one version of the engine. */
const keyHash = (key: readonly string[]): string =>
  `cast(hash(${key.map((column) => `cast("${column}" as varchar)`).join(', ')}) >> 1 as bigint)`;
