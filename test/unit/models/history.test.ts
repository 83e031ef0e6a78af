import { createHash } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileProject } from '../../../engine/compile/index.ts';
import { Lake, type Row } from './lake.ts';

/** The laws of dimensions with a history (SCD type 2), over any history of changes. */
const manifest = await compileProject(join(import.meta.dirname, '../../..'));

let lake: Lake;
beforeAll(async () => {
  lake = await Lake.open(manifest);
  await lake.asOf('2018-01-01');
});
afterAll(() => lake.close());

/** A state of an entity from a moment on; of one entity and moment there is one. */
interface Change {
  readonly entity: string;
  /** Microseconds after the beginning of 2017. */
  readonly at: number;
  readonly state: string | null;
}

const changes: fc.Arbitrary<readonly Change[]> = fc.uniqueArray(
  fc.record({
    entity: fc.constantFrom('a', 'b', 'c'),
    at: fc.constantFrom(0, 1, 999_999, 86_400_000_000, 86_400_000_001, 5_000_000_000_000),
    state: fc.constantFrom('x', 'y', null),
  }),
  { selector: ({ entity, at }) => `${entity} ${at}`, maxLength: 12 },
);

const START_US = Date.UTC(2017) * 1000;

const timestamp = (at: number): string => {
  const seconds = new Date(Math.floor((START_US + at) / 1000)).toISOString().slice(0, 19).replace('T', ' ');
  return `${seconds}.${String(at % 1_000_000).padStart(6, '0')}`;
};

const DIMENSIONS = [
  {
    table: 'gold.customer_versions',
    id: 'customer_id',
    key: 'customer_key',
    state: 'loyalty_tier',
    input: 'silver.customers',
    row: ({ entity, at, state }: Change): Row => ({
      customer_id: entity,
      customer_segment: 'basic',
      loyalty_tier: state,
      updated_at: timestamp(at),
    }),
  },
  {
    table: 'gold.dim_product',
    id: 'product_id',
    key: 'product_key',
    state: 'category',
    input: 'silver.products',
    row: ({ entity, at, state }: Change): Row => ({ product_id: entity, category: state, updated_at: timestamp(at) }),
  },
];

/** A version as the dimension has it, times in microseconds since 1970. */
interface Version {
  readonly entity: string;
  readonly state: string | null;
  readonly from: bigint;
  readonly to: bigint;
  readonly key: string;
  readonly version: number;
  readonly isCurrent: boolean;
}

const NEVER = BigInt(Date.UTC(9999, 11, 31)) * 1000n;

const microseconds = (text: string): bigint => {
  const [moment = '', fraction = ''] = text.split('.');
  return BigInt(Date.parse(`${moment.replace(' ', 'T')}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'));
};

describe.each(DIMENSIONS)('$table', ({ table, id, key, state, input, row }) => {
  const model = manifest.models.find(({ name }) => name === table);

  async function versionsOf(history: readonly Change[]): Promise<readonly Version[]> {
    if (model === undefined) throw new Error(`there is no ${table}`);
    for (const name of model.inputs) await lake.fill(name, []);
    await lake.fill(input, history.map(row));
    await lake.build(model);
    const rows = await lake.rows(table);
    const versions = rows.map((cells) => ({
      entity: String(cells[id]),
      state: cells[state] === null ? null : String(cells[state]),
      from: microseconds(String(cells.valid_from)),
      to: microseconds(String(cells.valid_to)),
      key: String(cells[key]),
      version: Number(cells.version),
      isCurrent: cells.is_current === 'true',
    }));
    return versions.sort((a, b) => a.entity.localeCompare(b.entity) || Number(a.from - b.from));
  }

  const byEntity = (versions: readonly Version[]) => [...Map.groupBy(versions, ({ entity }) => entity).values()];

  const holds = (history: fc.Arbitrary<readonly Change[]>, law: (changes: readonly Change[]) => Promise<void>) =>
    fc.assert(fc.asyncProperty(history, law), { numRuns: 30 });

  it('has for each entity versions that meet, without gap and overlap, of which the last is current', () =>
    holds(changes, async (history) => {
      const entities = byEntity(await versionsOf(history));
      expect(entities).toHaveLength(new Set(history.map(({ entity }) => entity)).size);
      for (const versions of entities) {
        expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => index + 1));
        expect(versions.map(({ to }) => to)).toEqual([...versions.slice(1).map(({ from }) => from), NEVER]);
        expect(versions.map(({ isCurrent }) => isCurrent)).toEqual(versions.map((_, at) => at === versions.length - 1));
      }
    }));

  it('tells at every moment of a change what that change said', () =>
    holds(changes, async (history) => {
      const versions = await versionsOf(history);
      for (const { entity, at, state: expected } of history) {
        const moment = BigInt(START_US + at);
        const valid = versions.filter((one) => one.entity === entity && one.from <= moment && moment < one.to);
        expect(valid.map((one) => one.state)).toEqual([expected]);
      }
    }));

  it('has no two versions in a row that say the same', () =>
    holds(changes, async (history) => {
      for (const versions of byEntity(await versionsOf(history))) {
        for (const [index, one] of versions.entries())
          expect(one.state !== versions[index + 1]?.state || index === versions.length - 1).toBe(true);
      }
    }));

  it('has keys that are the hash of entity and beginning, whatever else is known', () =>
    holds(changes, async (history) => {
      for (const { entity, from, key: found } of await versionsOf(history)) {
        const hash = createHash('md5').update(`${entity}|${from}`).digest('hex').slice(0, 15);
        expect(found).toBe(BigInt(`0x${hash}`).toString());
      }
    }));

  it('keeps other entities, earlier versions and all keys when a change comes late', () =>
    holds(changes, async (history) => {
      const [late, ...known] = history;
      if (late === undefined) return;
      const before = await versionsOf(known);
      const after = await versionsOf(history);
      const moment = BigInt(START_US + late.at);
      const others = (versions: readonly Version[]) => versions.filter(({ entity }) => entity !== late.entity);
      expect(others(after)).toEqual(others(before));
      const earlier = (versions: readonly Version[]) =>
        versions
          .filter(({ entity, from }) => entity === late.entity && from < moment)
          .map(({ from, state: said, key: own, version }) => ({ from, said, own, version }));
      expect(earlier(after)).toEqual(earlier(before));
      const keys = new Map(before.map((one) => [`${one.entity} ${one.from}`, one.key]));
      for (const { entity, from, key: found } of after) expect(keys.get(`${entity} ${from}`) ?? found).toBe(found);
    }));
});
