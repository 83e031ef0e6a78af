import { createHash, randomUUID } from 'node:crypto';
import {
  AlreadyExistsException,
  BatchCreatePartitionCommand,
  CreateTableCommand,
  DeleteTableCommand,
  EntityNotFoundException,
  type GlueClient,
  type TableInput,
} from '@aws-sdk/client-glue';
import type { S3Client } from '@aws-sdk/client-s3';
import { asError, TributaryError } from '../../../common/errors.ts';
import { hiveTypeOf } from '../../hive-type.ts';
import { stringifyExactJson } from '../../iceberg/exact-json.ts';
import { commit, glueCatalog, loadTable, s3FileIo, snapshotOf, type Table } from '../../iceberg/index.ts';
import type { InputFile, InputTable, WriteRequest } from '../adapter.ts';
import { objectsBelow } from '../objects-below.ts';
import { readFooters } from '../parquet-footers.ts';
import { type StagedColumns, stagedMetadata } from './staged-metadata.ts';

export interface StagingOptions {
  readonly glue: GlueClient;
  readonly s3: S3Client;
  /** Glue database of the tables that last for one build. */
  readonly database: string;
  /** Where what is only staged lies: `s3://bucket/prefix`, without a trailing slash. */
  readonly location: string;
  /** One build: names of its tables are its own, and the same however often it is called. */
  readonly scope: string;
}

/** What an Iceberg table is staged for: to be read, or to be written to. */
interface IcebergStage extends Pick<WriteRequest, 'partitionBy' | 'sortBy'> {
  readonly columns: StagedColumns;
  readonly location: string;
}

const PARTITIONS_AT_ONCE = 100;
const SYMLINK_INPUT = 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat';
const TEXT_OUTPUT = 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat';
const SERDES = {
  parquet: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
  json: 'org.openx.data.jsonserde.JsonSerDe',
} as const;

/** Tables in the catalog that show Athena exactly the files of a build, and take what it writes. */
export class Staging {
  readonly #options: StagingOptions;
  /** Locations by table name, of all that this call asks for. */
  readonly #staged = new Map<string, string>();
  /** What makes an input readable, by table name. */
  readonly #inputs = new Map<string, Promise<void>>();
  /** Locations by table name, of what earlier calls of this build had, readable. */
  readonly #before: ReadonlyMap<string, string>;
  /** Data files that the build has taken over. */
  readonly #adopted = new Set<string>();

  constructor(options: StagingOptions, before: Readonly<Record<string, string>>) {
    this.#options = options;
    this.#before = new Map(Object.entries(before));
  }

  /** Locations by table name, of this call and those before it. */
  get staged(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#before, ...this.#staged]);
  }

  /** The name under which Athena reads an input: these files, whatever is published meanwhile. */
  async input(table: InputTable): Promise<string> {
    const { database, location } = this.#options;
    const name = this.#nameOf('in', table);
    const place = `${location}/${name}`;
    this.#staged.set(name, place);
    const ready = this.#inputs.get(name) ?? this.#stageInput(name, place, table);
    this.#inputs.set(name, ready);
    await ready;
    return `"${database}"."${name}"`;
  }

  async #stageInput(name: string, place: string, table: InputTable): Promise<void> {
    if (this.#before.has(name)) return;
    const hasIds = table.format === 'parquet' && table.columns.every(({ id }) => id !== undefined);
    await (hasIds ? this.#icebergInput(name, place, table) : this.#hiveInput(name, place, table));
  }

  /** An empty table of the target's columns and partitioning, whose files come to lie below `location`. */
  async target(request: WriteRequest, part: 'out' | 'rows'): Promise<Table> {
    const { columns, partitionBy, sortBy, destination, inputs, sql, asOf } = request;
    const name = this.#nameOf(part, { columns, partitionBy, sortBy, destination, inputs, sql, asOf });
    const isFinal = part === 'out';
    const location = `${isFinal ? destination : this.#options.location}/${name}`;
    this.#staged.set(name, location);
    return this.#iceberg(name, {
      columns,
      partitionBy: isFinal ? partitionBy : [],
      sortBy: isFinal ? sortBy : [],
      location,
    });
  }

  /** The table as it stands now. Throws `staging_missing`. */
  async reload({ entry }: Table): Promise<Table> {
    const { glue, s3 } = this.#options;
    const table = await loadTable(glueCatalog(glue), s3FileIo(s3), entry.database, entry.table);
    if (table !== undefined) return table;
    throw new TributaryError({
      code: 'staging_missing',
      message: 'a table of this build has gone from the catalog',
      where: `${entry.database}.${entry.table}`,
      advice: 'Somebody else deleted it. Run again.',
    });
  }

  adopt(path: string): void {
    this.#adopted.add(path);
  }

  /**
   * Removes the tables from the catalog (never by DROP, which deletes files) and all objects that were not adopted. Of
   * what an earlier call had and this one did not ask for, files below a table stay: that call may have published them.
   */
  async clear(): Promise<void> {
    const { s3, location: own } = this.#options;
    for (const [name, location] of Object.entries(this.staged)) {
      await this.#forget(name);
      const isOwn = this.#staged.has(name) || location.startsWith(`${own}/`);
      const objects = await objectsBelow(s3, isOwn ? location : `${location}/metadata`);
      await s3FileIo(s3).delete(objects.filter((uri) => !this.#adopted.has(uri)));
      this.#staged.delete(name);
      this.#inputs.delete(name);
    }
  }

  async #forget(Name: string): Promise<void> {
    const { glue, database: DatabaseName } = this.#options;
    await glue.send(new DeleteTableCommand({ DatabaseName, Name })).catch((error: unknown) => {
      if (!(error instanceof EntityNotFoundException)) throw asError(error);
    });
  }

  #nameOf(part: string, content: object): string {
    const hash = createHash('sha256')
      .update(JSON.stringify([this.#options.scope, content]))
      .digest('hex');
    return `${part}_${hash.slice(0, 24)}`;
  }

  async #icebergInput(name: string, location: string, { columns, files }: InputTable): Promise<void> {
    const { glue, s3 } = this.#options;
    const table = await this.#iceberg(name, { columns, partitionBy: [], sortBy: [], location });
    // A call that died in between may have left it without its files.
    if (files.length === 0 || snapshotOf(table) !== undefined) return;
    const footers = await readFooters(s3, files);
    const add = files.map(({ uri, bytes }, index) => ({
      path: uri,
      bytes,
      rows: Number(footers[index]?.num_rows ?? 0),
      partition: [],
      stats: new Map(),
    }));
    await commit(glueCatalog(glue), s3FileIo(s3), table, { operation: 'append', add, properties: {} });
  }

  async #iceberg(name: string, { location, columns, partitionBy, sortBy }: IcebergStage): Promise<Table> {
    const { glue, s3, database } = this.#options;
    const [catalog, io] = [glueCatalog(glue), s3FileIo(s3)];
    const found = await loadTable(catalog, io, database, name);
    if (found !== undefined) return found;
    const metadata = stagedMetadata({ database, table: name, location, partitionBy, sortBy }, columns);
    const metadataLocation = `${location}/metadata/00000-${randomUUID()}.metadata.json`;
    await io.write(metadataLocation, stringifyExactJson(metadata));
    await catalog.create(database, name, metadataLocation, metadata);
    const entry = await catalog.get(database, name);
    if (entry !== undefined) return { name: `${database}.${name}`, entry, metadata };
    throw new TributaryError({ code: 'staging_missing', message: 'the catalog has not kept a table', where: name });
  }

  /** Files without field ids: a Hive table of links to them, each partition's in a folder of its own. */
  async #hiveInput(name: string, location: string, table: InputTable): Promise<void> {
    const { glue, s3, database } = this.#options;
    const keys = (table.pathColumns ?? []).map(({ name: key }) => key);
    const partitions = Map.groupBy(table.files, ({ uri }) => JSON.stringify(keys.map((key) => pathValue(uri, key))));
    const TableInput = hiveTable(name, location, table);
    await glue.send(new CreateTableCommand({ DatabaseName: database, TableInput })).catch((error: unknown) => {
      if (!(error instanceof AlreadyExistsException)) throw asError(error);
    });
    const folders = [...partitions].map(([values, files], index) => ({
      values: JSON.parse(values) as string[],
      files,
      location: keys.length === 0 ? location : `${location}/${index}`,
    }));
    for (const folder of folders) await s3FileIo(s3).write(`${folder.location}/symlink.txt`, links(folder.files));
    if (keys.length === 0) return;
    for (let start = 0; start < folders.length; start += PARTITIONS_AT_ONCE) {
      const PartitionInputList = folders.slice(start, start + PARTITIONS_AT_ONCE).map((folder) => ({
        Values: folder.values,
        StorageDescriptor: { ...TableInput.StorageDescriptor, Location: `${folder.location}/` },
      }));
      await glue.send(new BatchCreatePartitionCommand({ DatabaseName: database, TableName: name, PartitionInputList }));
    }
  }
}

const links = (files: readonly InputFile[]): string => files.map(({ uri }) => `${uri}\n`).join('');

function hiveTable(Name: string, location: string, { format, columns, pathColumns = [] }: InputTable): TableInput {
  const hive = (of: InputTable['columns']) => of.map(({ name, type }) => ({ Name: name, Type: hiveTypeOf(type) }));
  return {
    Name,
    Owner: 'tributary',
    TableType: 'EXTERNAL_TABLE',
    Parameters: { EXTERNAL: 'TRUE' },
    PartitionKeys: hive(pathColumns),
    StorageDescriptor: {
      Columns: hive(columns),
      Location: `${location}/`,
      InputFormat: SYMLINK_INPUT,
      OutputFormat: TEXT_OUTPUT,
      SerdeInfo: { SerializationLibrary: SERDES[format] },
    },
  };
}

/** The value of a folder `name=value` on the way to an object. */
function pathValue(uri: string, name: string): string {
  const folder = uri.split('/').find((part) => part.startsWith(`${name}=`));
  return decodeURIComponent(folder?.slice(name.length + 1) ?? '');
}
