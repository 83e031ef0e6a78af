export { type CommitRequest, commit, plannedColumns } from './commit.ts';
export { type Expiry, type ExpiryRule, expireSnapshots } from './expire.ts';
export { glueCatalog } from './glue-catalog.ts';
export type { Catalog, CatalogEntry, FileIo } from './ports.ts';
export { dataFiles, snapshotOf, snapshots, tableColumns, type VersionSelector } from './read.ts';
export { changeProperties, rollback } from './rollback.ts';
export { s3FileIo } from './s3-file-io.ts';
export { createTable, loadTable, type Table } from './table.ts';
export type { ColumnStats, DataFile, FieldColumn, Snapshot, TableDefinition } from './types.ts';
