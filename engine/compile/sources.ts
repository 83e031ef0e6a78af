import { type ExternalTable, PARTITION_TYPE } from '../../common/external-table.ts';
import type { SourceTable } from '../manifest.ts';

/** An external table as models see it. */
export function sourceTable(table: ExternalTable): SourceTable {
  return {
    name: `${table.database}.${table.name}`,
    format: table.format,
    bucket: table.bucket,
    prefix: table.prefix,
    columns: table.columns.map(({ name, type }) => ({ name, type })),
    partitionColumns: table.partitions.map(({ name }) => ({ name, type: PARTITION_TYPE })),
  };
}
