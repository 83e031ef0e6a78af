import { asError } from '../../common/errors.ts';
import { expireSnapshots, loadTable, type TableDefinition } from '../iceberg/index.ts';
import type { BuildDeps } from './ports.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Forgets versions of a table that are past their time. What is published stays published whatever happens here, so a
 * failure is only noted; the next build tries again.
 */
export async function expireOldVersions(
  { catalog, io, settings, now }: Pick<BuildDeps, 'catalog' | 'io' | 'settings' | 'now'>,
  { database, table }: Pick<TableDefinition, 'database' | 'table'>,
): Promise<string | undefined> {
  const { days, versions } = settings.retention;
  try {
    const published = await loadTable(catalog, io, database, table);
    if (published === undefined) return undefined;
    const rule = { olderThanMs: now().getTime() - days * DAY_MS, keepLast: versions };
    await expireSnapshots(catalog, io, published, rule);
    return undefined;
  } catch (error) {
    return `old versions stay for now: ${asError(error).message}`;
  }
}
