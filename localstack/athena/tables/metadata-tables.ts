import type { Table } from '@aws-sdk/client-glue';
import { parseTypeName, typeName } from '../../../engine/dialect/index.ts';
import { BIGINT, type SqlType, TIMESTAMP_UTC, VARCHAR } from '../../../engine/dialect/types.ts';
import { dataFiles, type FileIo, type Table as IcebergTable, snapshots } from '../../../engine/iceberg/index.ts';
import type { GlueReader } from './glue.ts';
import { hiveColumns, NULL_PARTITION } from './hive.ts';
import { CATALOG } from './names.ts';
import type { Listed } from './source.ts';
import { isView, readView } from './views.ts';

export const INFORMATION_SCHEMA = 'information_schema';

const columns = (types: Readonly<Record<string, SqlType>>): Listed['columns'] =>
  Object.entries(types).map(([name, type]) => ({ name, type }));

const texts = (...names: readonly string[]): Listed['columns'] => names.map((name) => ({ name, type: VARCHAR }));

/** A table of `information_schema`, or undefined for a name that it does not have. */
export async function informationSchema(glue: GlueReader, table: string): Promise<Listed | undefined> {
  switch (table) {
    case 'schemata': {
      const rows = (await glue.databases()).map(({ Name = '' }) => [CATALOG, Name]);
      return { columns: texts('catalog_name', 'schema_name'), rows };
    }
    case 'tables': {
      const rows = (await allTables(glue)).map(({ DatabaseName = '', Name = '', TableType }) => {
        return [CATALOG, DatabaseName, Name, TableType === 'VIRTUAL_VIEW' ? 'VIEW' : 'BASE TABLE'];
      });
      return { columns: texts('table_catalog', 'table_schema', 'table_name', 'table_type'), rows };
    }
    case 'views': {
      const rows = (await allTables(glue)).filter(isView).map((view) => {
        return [CATALOG, view.DatabaseName ?? '', view.Name ?? '', readView(view)?.originalSql ?? null];
      });
      return { columns: texts('table_catalog', 'table_schema', 'table_name', 'view_definition'), rows };
    }
    case 'columns':
      return columnsTable(await allTables(glue));
    default:
      return undefined;
  }
}

async function allTables(glue: GlueReader): Promise<readonly Table[]> {
  const databases = await glue.databases();
  return (await Promise.all(databases.map(({ Name = '' }) => glue.tables(Name)))).flat();
}

function columnsTable(tables: readonly Table[]): Listed {
  const rows = tables.flatMap((table) => {
    const { DatabaseName = '', Name = '', StorageDescriptor, PartitionKeys } = table;
    return [...hiveColumns(StorageDescriptor?.Columns), ...hiveColumns(PartitionKeys)].map(({ name, type }, index) => {
      return [CATALOG, DatabaseName, Name, name, String(index + 1), null, 'YES', columnType(table, type)];
    });
  });
  return {
    columns: [
      ...texts('table_catalog', 'table_schema', 'table_name', 'column_name'),
      { name: 'ordinal_position', type: BIGINT },
      ...texts('column_default', 'is_nullable', 'data_type'),
    ],
    rows,
  };
}

/** Timestamps of Iceberg tables have microseconds. */
function columnType({ Parameters }: Table, type: string): string {
  const named = typeName(parseTypeName(type));
  const isIceberg = Parameters?.table_type?.toUpperCase() === 'ICEBERG';
  return isIceberg ? named.replaceAll('timestamp(3)', 'timestamp(6)') : named;
}

/** `"table$partitions"`: the values of the registered partitions, or undefined where a table has none. */
export async function hivePartitions(glue: GlueReader, table: Table): Promise<Listed | undefined> {
  const keys = hiveColumns(table.PartitionKeys);
  if (keys.length === 0) return undefined;
  const partitions = await glue.partitions(table.DatabaseName ?? '', table.Name ?? '');
  return {
    columns: keys.map(({ name, type }) => ({ name, type: parseTypeName(type) })),
    rows: partitions.map(({ Values = [] }) => Values.map((value) => (value === NULL_PARTITION ? null : value))),
  };
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** `"table$snapshots"` and its kin, or undefined for a suffix that is none. */
export async function icebergMetadata(io: FileIo, table: IcebergTable, suffix: string): Promise<Listed | undefined> {
  switch (suffix) {
    case 'snapshots':
      return {
        columns: columns({
          committed_at: TIMESTAMP_UTC,
          snapshot_id: BIGINT,
          operation: VARCHAR,
          manifest_list: VARCHAR,
          summary: VARCHAR,
        }),
        rows: snapshots(table).map((one) => {
          return [iso(one.timestampMs), one.id, one.operation, one.manifestList, JSON.stringify(one.summary)];
        }),
      };
    case 'history':
      return {
        columns: columns({ made_current_at: TIMESTAMP_UTC, snapshot_id: BIGINT }),
        rows: (table.metadata['snapshot-log'] ?? []).map((entry) => {
          return [iso(entry['timestamp-ms']), String(entry['snapshot-id'])];
        }),
      };
    case 'files':
      return {
        columns: columns({ file_path: VARCHAR, record_count: BIGINT, file_size_in_bytes: BIGINT }),
        rows: (await dataFiles(io, table)).map(({ path, rows, bytes }) => [path, String(rows), String(bytes)]),
      };
    default:
      return undefined;
  }
}
