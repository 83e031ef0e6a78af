import { TributaryError } from '../../common/errors.ts';
import { createTable, loadTable, type Table, type TableDefinition } from '../iceberg/index.ts';
import type { BuildDeps } from './ports.ts';

/** The table as it stands, created empty first where it is absent. */
export async function ensureTable(
  { catalog, io }: Pick<BuildDeps, 'catalog' | 'io'>,
  definition: TableDefinition,
): Promise<Table> {
  const { database, table } = definition;
  const found = await loadTable(catalog, io, database, table);
  if (found !== undefined) return found;
  await createTable(catalog, io, definition).catch((error: unknown) => {
    // Somebody else was faster, which is as good.
    if (!(error instanceof TributaryError && error.code === 'table_exists')) throw error;
  });
  const created = await loadTable(catalog, io, database, table);
  if (created !== undefined) return created;
  throw new TributaryError({ code: 'table_missing', message: `the table ${database}.${table} could not be created` });
}
