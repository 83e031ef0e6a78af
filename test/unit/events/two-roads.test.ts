import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Contract, Field } from '../../../events/contracts/contract.ts';
import { contracts, dataSchemaOf } from '../../../events/contracts/index.ts';
import { ingestFile } from '../../../lambdas/ingest-file/ingest-file.ts';
import { ingestBatch } from '../../../lambdas/ingest-stream/ingest-stream.ts';
import { StreamIntake } from '../../../lambdas/ingest-stream/stream-intake.ts';
import type { IntakeDestination } from '../../../lambdas/shared/intake-destination.ts';
import { MemoryKeys } from '../../fixtures/memory-keys.ts';
import { MemoryObjectStore } from '../../fixtures/memory-object-store.ts';
import { csvOf } from '../../fixtures/pos-line.ts';
import { readParquetRows } from '../../fixtures/read-parquet.ts';
import { workbookOf } from '../../fixtures/workbook.ts';

type Fields = Readonly<Record<string, unknown>>;

const destination = (store: MemoryObjectStore): IntakeDestination => ({
  store,
  bronze: 'bronze',
  quarantine: 'quarantine',
  operations: 'operations',
  keys: new MemoryKeys(),
});

/** What became of records: for each, by its position, the row that it is in bronze or the reasons for its refusal. */
type Outcome = readonly (readonly [position: number, outcome: Fields])[];

/** Where and how a record arrived; the roads may differ in nothing else. */
const ARRIVAL = ['_event_id', '_origin', '_position', '_ingested_at'];

async function outcomeOf(store: MemoryObjectStore, positionOf: (position: string) => number): Promise<Outcome> {
  const rows = async (bucket: string) =>
    (await Promise.all(store.keys(bucket).map((key) => readParquetRows(store.bytes(bucket, key))))).flat();
  const accepted = (await rows('bronze')).map((row) => {
    const kept = Object.entries(row).filter(([name]) => !ARRIVAL.includes(name));
    return [positionOf(String(row._position)), Object.fromEntries(kept)] as const;
  });
  const refused = (await rows('quarantine')).map(
    ({ position, reason, field, message, contract_version }) =>
      [positionOf(String(position)), { reason, field, message, contract_version }] as const,
  );
  return [...accepted, ...refused].sort(([one], [other]) => one - other);
}

async function throughFile({ source }: Contract, name: string, content: string | Uint8Array): Promise<Outcome> {
  const store = new MemoryObjectStore();
  await ingestFile(store.put('landing', `${source}/${name}`, content), destination(store));
  return outcomeOf(store, Number);
}

const intake = new StreamIntake();

async function throughStream(contract: Contract, records: readonly Fields[]): Promise<Outcome> {
  const store = new MemoryObjectStore();
  const events = records.map((data, at) => ({
    specversion: '1.0',
    id: `e-${at}`,
    source: 'urn:test',
    type: contract.transport.stream?.type,
    dataschema: dataSchemaOf(contract),
    data,
  }));
  const batch = {
    stream: 'stream',
    shard: 'shardId-0',
    records: events.map((event, at) => ({
      sequenceNumber: String(at + 1),
      arrivedAt: store.lastModified,
      data: Buffer.from(JSON.stringify(event)),
    })),
  };
  await ingestBatch(batch, intake, destination(store));
  return outcomeOf(store, Number);
}

/** Spellings of values, good and bad, that some field of some contract reads. */
const SPELLINGS: Readonly<Record<Field['type']['kind'], readonly unknown[]>> = {
  string: ['A-1', ' 900 ', 900, 'GBP', 'é', '"quoted", and\nmore'],
  boolean: [true, 'no', 'Y', 0, 'maybe'],
  integer: [1, '2', '3.0', -4, 5.5, '1,000', ' 7 ', 3_000_000_000],
  bigint: [1, '9007199254740993', '9'.repeat(30)],
  decimal: [0.1, '12.345', '1e3', 1e21, '1,234.50', '1.234,50', -0.004, 'NaN'],
  date: ['2026-02-28', '2026-02-30', '28/02/2026', '2026-02-28T00:00:00Z', 20_260_228],
  timestamp: [
    '2026-10-25T01:30:00',
    '2026-10-25 01:30:00.123456789+05:30',
    '2026-10-25',
    '10/25/2026 1:30',
    '25/10/2026',
    1_761_355_800_000,
  ],
};

const nothing = fc.constantFrom(undefined, null, '', '  ');

function anyValue(field: Field): fc.Arbitrary<unknown> {
  const good = [...(field.values ?? []), ...Object.keys(field.synonyms ?? {}), ...SPELLINGS[field.type.kind]];
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...good) },
    { weight: field.required ? 1 : 6, arbitrary: nothing },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
}

/** A record that is good but for some of its fields, which may be anything. */
function recordOf(contract: Contract): fc.Arbitrary<Fields> {
  const fields = Object.entries(contract.fields);
  const good = (field: Field): unknown => {
    if (field.values) return field.values[0];
    const { kind } = field.type;
    if (kind === 'timestamp' || kind === 'date') return '2026-10-25';
    if (kind === 'boolean') return true;
    return kind === 'string' ? 'A-1' : Math.max(1, field.min ?? 1);
  };
  const usual = Object.fromEntries(fields.map(([name, field]) => [name, good(field)]));
  const name = fc.constantFrom(...fields.map(([field]) => field));
  const change = name.chain((changed) => {
    const field = contract.fields[changed];
    return fc.tuple(fc.constant(changed), field ? anyValue(field) : nothing);
  });
  const unknown = fc.tuple(fc.constantFrom('colour', 'Note', 'x_1'), fc.jsonValue());
  return fc
    .array(fc.oneof({ weight: 5, arbitrary: change }, unknown), { maxLength: 5 })
    .map((changes) => ({ ...usual, ...Object.fromEntries(changes) }));
}

/** The record as all formats can have it: texts, without blank values at the ends of lines. */
const asTexts = (record: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(
    names.map((name) => {
      const value = record[name];
      return [name, typeof value === 'object' || value === undefined ? '' : String(value)];
    }),
  );

const streamed = contracts.filter(({ transport }) => transport.stream);

describe.each(streamed.map((contract) => [contract.source, contract] as const))('records of %s', (_, contract) => {
  const names = [...Object.keys(contract.fields), 'colour'];
  const records = fc.array(recordOf(contract), { minLength: 1, maxLength: 8 });

  it('become the same as lines of a file and as events', async () => {
    await fc.assert(
      fc.asyncProperty(records, async (sent) => {
        const lines = sent.map((record) => JSON.stringify(record)).join('\n');
        const expected = await throughStream(contract, sent);
        expect(expected).toHaveLength(sent.length);
        expect(await throughFile(contract, 'a.ndjson', lines)).toEqual(expected);
        expect(await throughFile(contract, 'a.json', JSON.stringify(sent))).toEqual(expected);
      }),
      { numRuns: 8 },
    );
  });

  it('become the same as rows of a table and as events, where all are texts', async () => {
    await fc.assert(
      fc.asyncProperty(records, async (sent) => {
        const texts = sent.map((record) => asTexts(record, names));
        const expected = await throughStream(contract, texts);
        expect(await throughFile(contract, 'a.csv', csvOf(texts))).toEqual(expected);
        const withoutControls = texts.every((text) => !/[\p{Cc}\ufffe\uffff]/u.test(Object.values(text).join('')));
        if (withoutControls) expect(await throughFile(contract, 'a.xlsx', workbookOf(texts))).toEqual(expected);
      }),
      { numRuns: 8 },
    );
  });
});

it('records are accepted and refused in these tests', async () => {
  const [contract] = streamed;
  if (contract === undefined) throw new Error('no contract has events');
  const sent = fc.sample(recordOf(contract), { numRuns: 60, seed: 1 });
  const outcomes = (await throughStream(contract, sent)).map(([, outcome]) =>
    'reason' in outcome ? 'refused' : 'accepted',
  );
  expect(outcomes.filter((outcome) => outcome === 'accepted').length).toBeGreaterThan(5);
  expect(outcomes.filter((outcome) => outcome === 'refused').length).toBeGreaterThan(5);
});
