import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { BuildDeps } from '../../../engine/build/index.ts';
import { commit, loadTable } from '../../../engine/iceberg/index.ts';
import type { Manifest } from '../../../engine/manifest.ts';
import { type BuildLake, buildLake } from '../../fixtures/build-lake.ts';
import { type EventRow, history, historyModels, type Logic, type Step } from '../../fixtures/histories.ts';

/** Histories to try; more of them take longer and find more. */
const HISTORIES = Number(process.env.HISTORIES ?? 8);

const objectName = (object: number): string => `ingest_date=2026-02-0${object + 1}/${object}.parquet`;

const literalOf = ({ id, branch, amount, version, gone, day, hour }: EventRow): string => {
  const at = day === null ? 'null' : `timestamp '2026-01-30 00:30:00' + interval ${day * 24 + hour} hour`;
  return `('${id}', '${branch}', ${amount}::decimal(18,2), ${version}::integer, ${gone}, cast(${at} as timestamp))`;
};

const COLUMNS = '(id, branch, amount, version, gone, happened_at)';
const ABSENT = `select 'x' id, 'x' branch, 1::decimal(18,2) amount, 1::integer as version, true gone, null::timestamp happened_at where false`;

const rowsOf = (rows: readonly EventRow[]): string =>
  rows.length === 0 ? ABSENT : `select * from (values ${rows.map(literalOf).join(', ')}) as rows ${COLUMNS}`;

/** Ports of a process that dies at the n-th write, deletion or publication. */
function dyingAfter(lake: BuildLake, manifest: Manifest, calls: number): Partial<BuildDeps> {
  const { catalog, io } = lake.deps(manifest);
  let left = calls;
  const counted =
    <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      left -= 1;
      if (left < 0) throw new Error('killed');
      return work(...args);
    };
  return {
    catalog: { ...catalog, swap: counted(catalog.swap) },
    io: { ...io, write: counted(io.write), delete: counted(io.delete) },
  };
}

async function live(lake: BuildLake, steps: readonly Step[]): Promise<Manifest> {
  let logic: Logic = 'plain';
  for (const step of steps) {
    switch (step.kind) {
      case 'deliver':
        await lake.putSource('events', objectName(step.object), rowsOf(step.rows));
        if (step.isBuilt) await expectBuilt(lake, historyModels(logic), false);
        break;
      case 'remove':
        lake.removeSource('events', objectName(step.object));
        break;
      case 'logic':
        logic = step.logic;
        break;
      case 'foreign':
        await foreignSnapshot(lake, historyModels(logic));
        break;
      case 'killed':
        await lake.run(historyModels(logic), {}, dyingAfter(lake, historyModels(logic), step.after));
    }
  }
  return historyModels(logic);
}

async function foreignSnapshot(lake: BuildLake, manifest: Manifest): Promise<void> {
  const { catalog, io } = lake.deps(manifest);
  const table = await loadTable(catalog, io, 'silver', 'daily');
  if (table !== undefined) await commit(catalog, io, table, { operation: 'append', add: [], properties: {} });
}

async function expectBuilt(lake: BuildLake, manifest: Manifest, full: boolean): Promise<void> {
  const outcomes = await lake.run(manifest, { full });
  const failures = Object.values(outcomes).filter(({ status }) => status !== 'built' && status !== 'skipped');
  expect(failures).toEqual([]);
}

async function contentOf(lake: BuildLake, manifest: Manifest): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables = manifest.models.map(async ({ name }) => {
    const rows = await lake.rows(manifest, name);
    return [name, rows.map((row) => JSON.stringify(row)).sort()] as const;
  });
  return Object.fromEntries(await Promise.all(tables));
}

describe('any sequence of incremental runs', () => {
  const lakes: BuildLake[] = [];
  afterAll(() => Promise.all(lakes.map((lake) => lake.close())));

  it(
    'gives the tables that one full rebuild gives, row by row',
    async () => {
      await fc.assert(
        fc.asyncProperty(history, async (steps) => {
          const lake = await buildLake();
          lakes.push(lake);
          const manifest = await live(lake, steps);
          await expectBuilt(lake, manifest, false);
          const incremental = await contentOf(lake, manifest);
          await expectBuilt(lake, manifest, true);
          expect(incremental).toEqual(await contentOf(lake, manifest));
        }),
        { numRuns: HISTORIES, endOnFailure: true },
      );
    },
    60_000 + HISTORIES * 20_000,
  );
});
