import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expireSnapshots, snapshots } from '../../../../engine/iceberg/index.ts';
import { type LakeTable, lakeTable } from './lake-table.ts';

type Step =
  | { readonly kind: 'append' | 'replace'; readonly files: number }
  /** Removes the live files whose index is a multiple of `every`. */
  | { readonly kind: 'overwrite'; readonly files: number; readonly every: number }
  | { readonly kind: 'expire'; readonly keepLast: number };

const files = fc.nat({ max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('append' as const, 'replace' as const), files }),
  fc.record({ kind: fc.constant('overwrite' as const), files, every: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('expire' as const), keepLast: fc.integer({ min: 1, max: 3 }) }),
);

/** What a table must hold after some steps: the live paths of every version that is left. */
class Model {
  readonly versions: { readonly id: string; readonly paths: readonly string[] }[] = [];
  private made = 0;

  get live(): readonly string[] {
    return this.versions.at(-1)?.paths ?? [];
  }

  async apply(table: LakeTable, step: Step): Promise<void> {
    if (step.kind === 'expire') {
      const rule = { olderThanMs: Number.MAX_SAFE_INTEGER, keepLast: step.keepLast };
      await expireSnapshots(table.catalog, table.io, await table.load(), rule);
      this.versions.splice(0, this.versions.length - step.keepLast);
      return;
    }
    const add = Array.from({ length: step.files }, () => table.file(`f${this.made++}`));
    const remove = step.kind === 'overwrite' ? this.live.filter((_path, index) => index % step.every === 0) : [];
    const { id } = await table.commit({ operation: step.kind, add, remove });
    const kept = step.kind === 'replace' ? [] : this.live.filter((path) => !remove.includes(path));
    this.versions.push({ id, paths: [...kept, ...add.map((file) => file.path)].sort() });
  }
}

describe('after any sequence of operations', () => {
  it('each remaining version lists exactly its live files, and they exist', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const table = await lakeTable();
        const model = new Model();
        for (const next of steps) await model.apply(table, next);
        expect(snapshots(await table.load()).map((snapshot) => snapshot.id)).toEqual(
          model.versions.map(({ id }) => id),
        );
        expect(await table.livePaths()).toEqual(model.live);
        for (const { id, paths } of model.versions) {
          const listed = await table.livePaths({ snapshotId: id });
          expect(listed).toEqual(paths);
          expect(listed.filter((path) => !table.files.has(path))).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('of two writers at the same time exactly one wins, and the loser leaves no trace', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 4 }), files, async (steps, count) => {
        const table = await lakeTable();
        const model = new Model();
        for (const next of steps) await model.apply(table, next);
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
});
