import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { compileProject } from '../../../engine/compile/index.ts';
import { contracts } from '../../../events/contracts/index.ts';
import { replayFailedBatches } from '../../../events/replay/failed-batches.ts';
import type { JsonRecord } from '../../../events/validator/layout.ts';
import { ingestFile } from '../../../lambdas/ingest-file/ingest-file.ts';
import { contractRecord, eventText } from '../../fixtures/contract-records.ts';
import { type Delivery, deliver, delivery, type Operation } from '../../fixtures/deliveries.ts';
import { FaultyIngestion } from '../../fixtures/faulty-ingestion.ts';
import type { KeyItems } from '../../fixtures/key-store.ts';
import { MemoryKeys } from '../../fixtures/memory-keys.ts';
import { MemoryObjectStore } from '../../fixtures/memory-object-store.ts';
import { Random } from '../../fixtures/random.ts';
import { Lake } from './lake.ts';

const manifest = await compileProject(join(import.meta.dirname, '../../..'));
const silver = manifest.models.filter(({ layer }) => layer === 'silver');
const ledger = manifest.models.filter(({ name }) => name === 'gold.intake_ledger');

let lake: Lake;
let directory: string;
beforeAll(async () => {
  lake = await Lake.open(manifest);
  await lake.asOf('2026-11-21');
  directory = await mkdtemp(join(tmpdir(), 'tributary-deliveries-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
});
afterAll(async () => {
  lake.close();
  await rm(directory, { recursive: true, force: true });
});

/** What all sources send: events in one stream, and a file of each source that has no stream. */
interface Sent {
  readonly steps: readonly Operation[];
  readonly files: readonly { readonly key: string; readonly body: string }[];
}

const sent: fc.Arbitrary<Sent> = fc
  .record(
    Object.fromEntries(
      contracts.map((one) => [one.source, fc.array(contractRecord(one), { minLength: 1, maxLength: 4 })]),
    ),
  )
  .chain((records) => {
    const of = (source: string): readonly JsonRecord[] => records[source] ?? [];
    const events = contracts.flatMap((one) =>
      of(one.source).flatMap((data, at) => eventText(one, data, `${one.source}-${at}`) ?? []),
    );
    const files = contracts.flatMap((one) =>
      one.transport.stream === undefined && of(one.source).length > 0
        ? [
            {
              key: `${one.source}/a.ndjson`,
              body: of(one.source)
                .map((data) => JSON.stringify(data))
                .join('\n'),
            },
          ]
        : [],
    );
    const puts = [...events, 'nonsense'].map(
      (text, at): Operation => ({ kind: 'put', key: `key-${at % 4}`, data: Buffer.from(text) }),
    );
    const others: Operation[] = [{ kind: 'wait', seconds: 1200 }, { kind: 'split' }, { kind: 'wait', seconds: 3000 }];
    return fc
      .shuffledSubarray([...puts, ...others], { minLength: puts.length + others.length })
      .map((steps) => ({ steps, files }));
  });

/** Objects by `<bucket>/<key>`. */
type Objects = ReadonlyMap<string, Buffer>;

const CALM: Omit<Delivery, 'settings'> = { seed: 1, faultRate: 0, redeliveryRate: 0 };

/** Everything delivered once, and nothing goes wrong. */
async function once({ steps, files }: Sent, how: Delivery, keys: KeyItems): Promise<Objects> {
  const ingestion = new FaultyIngestion(CALM, keys);
  await deliver(steps, { ...how, ...CALM }, ingestion);
  const store = new MemoryObjectStore();
  for (const file of files) await land(file, store);
  return new Map([...ingestion.objects, ...bodies(store)]);
}

/** Everything delivered twice, in another order and other batches, while writes fail and processes are killed. */
async function manyTimes({ steps, files }: Sent, how: Delivery, keys: KeyItems): Promise<Objects> {
  const ingestion = new FaultyIngestion(how, keys);
  for (const seed of [how.seed, how.seed + 1]) {
    ingestion.faultRate = how.faultRate;
    const { failed } = await deliver(steps, { ...how, seed }, ingestion);
    ingestion.faultRate = 0;
    const { failedAgain } = await replayFailedBatches(
      {
        keys: async () => [...failed.keys()],
        read: async (key) => failed.get(key) ?? '',
        isDone: async () => false,
        markDone: async () => {},
        invoke: async (_, payload) => void (await ingestion.invoke(JSON.parse(payload))),
      },
      false,
    );
    expect(failedAgain).toEqual([]);
  }
  const random = new Random(how.seed);
  const store = new MemoryObjectStore();
  for (const file of random.shuffled([...files, ...files])) {
    store.failWrite = () => random.chance(how.faultRate);
    await land(file, store).catch(() => {});
    store.failWrite = () => false;
    await land(file, store);
    // As if the entry that says that it is done had not been written.
    for (const key of store.keys('operations')) if (random.chance(0.3)) await store.remove('operations', key);
    await land(file, store);
  }
  return new Map([...ingestion.objects, ...bodies(store)]);
}

async function land({ key, body }: Sent['files'][number], store: MemoryObjectStore): Promise<void> {
  const places = { bronze: 'bronze', quarantine: 'quarantine', operations: 'operations' };
  await ingestFile(store.put('landing', key, body), { store, ...places, keys: new MemoryKeys() });
}

const bodies = ({ objects }: MemoryObjectStore): [string, Buffer][] =>
  [...objects].map(([path, { body }]) => [path, body]);

type Tables = Readonly<Record<string, unknown>>;

/** The silver tables, and the ledger, that come of the objects. */
async function tablesOf(objects: Objects): Promise<Tables> {
  for (const { name, bucket, prefix } of manifest.sources) {
    const paths: string[] = [];
    for (const [path, body] of objects) {
      if (!path.startsWith(`${bucket}/${prefix}/`)) continue;
      const file = join(directory, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, body);
      paths.push(file);
    }
    await lake.read(name, paths);
  }
  const tables: Record<string, unknown> = {};
  for (const model of [...silver, ...ledger]) {
    await lake.build(model);
    // How often something was delivered is what the ledger is to tell apart.
    const columns = lake.columnsOf(model.name).filter(({ name }) => name !== 'delivered');
    tables[model.name] = await lake.rows(model.name, columns);
  }
  return tables;
}

describe('silver', () => {
  it('is the same however often, in whatever order and batches its records are delivered', async () => {
    const counts = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(sent, delivery, async (records, how) => {
        const keys: KeyItems = new Map();
        const expected = await tablesOf(await once(records, how, keys));
        const found = await tablesOf(await manyTimes(records, { ...how, faultRate: 0.04, redeliveryRate: 0.2 }, keys));
        for (const [name, rows] of Object.entries(expected)) {
          expect(found[name], name).toEqual(rows);
          counts.set(name, (counts.get(name) ?? 0) + (rows as unknown[]).length);
        }
      }),
      { numRuns: 5, endOnFailure: true },
    );
    // A table without rows would prove nothing.
    expect([...counts].filter(([, count]) => count === 0)).toEqual([]);
  });
});
