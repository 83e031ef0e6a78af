import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  commit,
  dataFiles,
  deleteOrphans,
  expireSnapshots,
  loadTable,
  rollback,
  snapshots,
} from '../../../../engine/iceberg/index.ts';
import { type LakeTable, LOCATION, lakeTable } from './lake-table.ts';

type Step =
  | { readonly kind: 'append' | 'replace'; readonly files: number }
  /** Removes the live files whose index is a multiple of `every`. */
  | { readonly kind: 'overwrite'; readonly files: number; readonly every: number }
  /** Makes a version current again, or gives it a name of its own. */
  | { readonly kind: 'rollback' | 'branch' | 'tag'; readonly version: number }
  | { readonly kind: 'expire'; readonly keepLast: number }
  /** A build dies after it has written a file. */
  | { readonly kind: 'die' }
  | { readonly kind: 'sweep' };

const files = fc.nat({ max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('append' as const, 'replace' as const), files }),
  fc.record({ kind: fc.constant('overwrite' as const), files, every: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constantFrom('rollback' as const, 'branch' as const, 'tag' as const), version: fc.nat(9) }),
  fc.record({ kind: fc.constant('expire' as const), keepLast: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constantFrom('die' as const, 'sweep' as const) }),
);

/** Later than any file was written, as if no build were under way. */
const LONG_AFTER = Number.MAX_SAFE_INTEGER;

/** What a table must hold after some steps: the live paths of every version that was made. */
class Model {
  readonly paths = new Map<string, readonly string[]>();
  /** What was current, first to last. */
  readonly currents: string[] = [];
  readonly names = new Map<string, string>();
  private made = 0;

  get live(): readonly string[] {
    return this.paths.get(this.currents.at(-1) ?? '') ?? [];
  }

  async apply(table: LakeTable, step: Step): Promise<void> {
    const { catalog, io, listing } = table;
    switch (step.kind) {
      case 'expire':
        await expireSnapshots(catalog, io, await table.load(), { olderThanMs: LONG_AFTER, keepLast: step.keepLast });
        return;
      case 'die':
        table.file(`left${this.made++}`);
        return;
      case 'sweep':
        await deleteOrphans(catalog, io, listing, await table.load(), LONG_AFTER);
        return;
      case 'rollback':
      case 'branch':
      case 'tag':
        return this.point(table, step);
      default:
        return this.publish(table, step);
    }
  }

  /** Points to a version that the table still has. */
  private async point(table: LakeTable, { kind, version }: Step & { readonly version: number }): Promise<void> {
    const loaded = await table.load();
    const known = snapshots(loaded);
    const target = known[version % Math.max(known.length, 1)];
    if (target === undefined) return;
    if (kind === 'rollback') {
      await rollback(table.catalog, table.io, loaded, target.id);
      this.currents.push(target.id);
      return;
    }
    const name = `${kind}${this.made++}`;
    const refs = { ...loaded.metadata.refs, [name]: { type: kind, 'snapshot-id': Number(target.id) } };
    table.files.set(loaded.entry.metadataLocation, Buffer.from(JSON.stringify({ ...loaded.metadata, refs })));
    this.names.set(name, target.id);
  }

  private async publish(
    table: LakeTable,
    step: Extract<Step, { readonly kind: 'append' | 'replace' | 'overwrite' }>,
  ): Promise<void> {
    const add = Array.from({ length: step.files }, () => table.file(`f${this.made++}`));
    const remove = step.kind === 'overwrite' ? this.live.filter((_path, index) => index % step.every === 0) : [];
    const kept = step.kind === 'replace' ? [] : this.live.filter((path) => !remove.includes(path));
    const { id } = await table.commit({ operation: step.kind, add, remove });
    this.paths.set(id, [...kept, ...add.map((file) => file.path)].sort());
    this.currents.push(id);
  }
}

/** Fails unless every version that is left, and every moment that can be told, reads as it was. */
async function expectWhole(table: LakeTable, model: Model): Promise<void> {
  const loaded = await table.load();
  const left = snapshots(loaded).map(({ id }) => id);
  expect(left).toEqual(expect.arrayContaining([...model.names.values()]));
  expect(await table.livePaths()).toEqual(model.live);
  for (const id of left) expect(await table.livePaths({ snapshotId: id })).toEqual(model.paths.get(id));
  for (const id of left) {
    for (const path of model.paths.get(id) ?? []) expect(table.files.has(path)).toBe(true);
  }
  const log = loaded.metadata['snapshot-log'] ?? [];
  expect(log.map((entry) => String(entry['snapshot-id']))).toEqual(
    log.length === 0 ? [] : model.currents.slice(-log.length),
  );
}

async function tableAfter(steps: readonly Step[]): Promise<{ readonly table: LakeTable; readonly model: Model }> {
  const table = await lakeTable();
  const model = new Model();
  for (const next of steps) await model.apply(table, next);
  return { table, model };
}

const data = (table: LakeTable): readonly string[] =>
  [...table.files.keys()].filter((uri) => uri.startsWith(`${LOCATION}/data/`)).sort();

/** A call that takes place when its turn comes, among all that are waiting. */
const inTurn =
  <A extends readonly unknown[], R>(scheduler: fc.Scheduler, call: (...args: A) => Promise<R>) =>
  async (...args: A): Promise<R> => {
    await scheduler.schedule(Promise.resolve());
    return call(...args);
  };

describe('after any sequence of operations', () => {
  it('each version that is left, by a name of its own or not, lists exactly its files, and they exist', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const { table, model } = await tableAfter(steps);
        await expectWhole(table, model);
      }),
      { numRuns: 150 },
    );
  });

  it('a sweep leaves the files of the versions, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
        const { table, model } = await tableAfter([...steps, { kind: 'die' }, { kind: 'sweep' }]);
        await expectWhole(table, model);
        const ids = snapshots(await table.load()).map(({ id }) => id);
        expect(data(table)).toEqual([...new Set(ids.flatMap((id) => model.paths.get(id) ?? []))].sort());
      }),
      { numRuns: 60 },
    );
  });

  it('a sweep beside other writers takes nothing that they publish, in whatever order their steps fall', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 5 }), fc.scheduler(), async (steps, scheduler) => {
        const { table } = await tableAfter(steps);
        const { catalog, io } = table;
        // Files that were there when the sweep began are old; what a writer adds meanwhile is not.
        const old = new Set(table.files.keys());
        const listing = {
          list: inTurn(scheduler, async (prefix: string) =>
            (await table.listing.list(prefix)).map((file) => ({ ...file, modifiedMs: old.has(file.uri) ? 0 : 2 })),
          ),
        };
        const slow = {
          read: inTurn(scheduler, io.read),
          write: inTurn(scheduler, io.write),
          delete: inTurn(scheduler, io.delete),
        };
        const write = async (name: string): Promise<void> => {
          const loaded = await loadTable(catalog, slow, 'gold', 'sales');
          if (loaded === undefined) throw new Error('the table is missing');
          const add = [table.file(name)];
          await commit(catalog, slow, loaded, { operation: 'append', add, properties: {} }).catch(() => undefined);
        };
        const loaded = await table.load();
        const all = Promise.all([write('a'), deleteOrphans(catalog, slow, listing, loaded, 1), write('b')]);
        await scheduler.waitFor(all);
        for (const { id } of snapshots(await table.load())) {
          for (const path of await table.livePaths({ snapshotId: id })) expect(table.files.has(path)).toBe(true);
        }
        expect(data(table)).toEqual(
          expect.arrayContaining([`${LOCATION}/data/a.parquet`, `${LOCATION}/data/b.parquet`]),
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe('of several writers at the same time', () => {
  it('exactly one wins, and the losers leave no trace', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 4 }), files, async (steps, count) => {
        const { table, model } = await tableAfter(steps);
        const write = (name: string) =>
          table.commit({ add: Array.from({ length: count }, (_, index) => table.file(`${name}${index}`)) });
        const results = await Promise.allSettled([write('a'), write('b')]);
        expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
        const winner = results[0].status === 'fulfilled' ? 'a' : 'b';
        const added = (await table.livePaths()).filter((path) => !model.live.includes(path));
        expect(added.every((path) => path.includes(`/data/${winner}`)) && added.length === count).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('who try again until they have published, none is lost and none counts twice', async () => {
    const writers = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(writers, fc.scheduler(), async (rounds, scheduler) => {
        const table = await lakeTable();
        const { io } = table;
        const catalog = { ...table.catalog, swap: inTurn(scheduler, table.catalog.swap) };
        const slow = { ...io, read: inTurn(scheduler, io.read), write: inTurn(scheduler, io.write) };
        const publishOnce = async (name: string): Promise<void> => {
          const add = [table.file(name)];
          for (;;) {
            const loaded = await loadTable(catalog, slow, 'gold', 'sales');
            if (loaded === undefined) throw new Error('the table is missing');
            try {
              await commit(catalog, slow, loaded, { operation: 'append', add, properties: {} });
              return;
            } catch (error) {
              expect(error).toMatchObject({ code: 'commit_conflict' });
            }
          }
        };
        const names = rounds.map((count, writer) => Array.from({ length: count }, (_, round) => `${writer}-${round}`));
        const all = Promise.all(
          names.map(async (own) => {
            for (const name of own) await publishOnce(name);
          }),
        );
        await scheduler.waitFor(all);
        const expected = names.flat().map((name) => `${LOCATION}/data/${name}.parquet`);
        expect(await table.livePaths()).toEqual(expected.sort());
        const versions = snapshots(await table.load());
        expect(versions).toHaveLength(expected.length);
        expect(new Set(versions.map(({ id }) => id)).size).toBe(expected.length);
        const used = new Set((await dataFiles(io, await table.load())).map(({ path }) => path));
        expect(used.size).toBe(expected.length);
      }),
      { numRuns: 25 },
    );
  });
});
