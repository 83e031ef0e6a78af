import { describe, expect, it } from 'vitest';
import { historyReport, versionsOf } from '../../../../cli/run/history.ts';
import { rollback } from '../../../../engine/iceberg/index.ts';
import { lakeTable } from './lake-table.ts';

async function threeVersions() {
  const lake = await lakeTable();
  const replace = (name: string) => lake.commit({ operation: 'replace', add: [lake.file(name)] });
  const ids = [(await replace('a')).id, (await replace('b')).id, (await replace('c')).id];
  return { ...lake, ids };
}

describe('the history of a table', () => {
  it('is its versions, the newest first, of which one is current', async () => {
    const { ids, load } = await threeVersions();
    const versions = versionsOf(await load());
    expect(versions.map(({ id }) => id)).toEqual(ids.toReversed());
    expect(versions.map(({ status }) => status)).toEqual(['current', 'earlier', 'earlier']);
    expect(versions[0]?.addedRows).toBe(versions[0]?.rows);
    expect(versions[2]?.removedRows).toBe(0);
  });

  it('tells which versions were rolled back, and when one was made current again', async () => {
    const { ids, load, catalog, io } = await threeVersions();
    await rollback(catalog, io, await load(), ids[0]);
    const versions = versionsOf(await load());
    expect(versions.map(({ status }) => status)).toEqual(['rolled_back', 'rolled_back', 'current']);
    expect(versions[2]?.restoredAt).not.toBeNull();
    expect(versions[0]?.restoredAt).toBeNull();
    const report = historyReport(versions, { since: '2026-11-21T00:00:00Z', by: 'ann' });
    expect(report).toMatch(/current, rolled back to at \d{4}-/);
    expect(report).toContain('held since 2026-11-21T00:00:00Z, by ann');
  });
});
