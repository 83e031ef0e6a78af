import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { produceReport } from '../../../cli/commands/produce.ts';
import { linesOf } from '../../../cli/datasets/event-lines.ts';
import { eventsOfLines, eventsOfRows } from '../../../cli/produce/lines.ts';
import { liveEvents, stampedNow } from '../../../cli/produce/live.ts';
import { type Produced, produce } from '../../../cli/produce/produce.ts';
import { TokenBucket } from '../../../cli/produce/token-bucket.ts';
import { decodeEvent } from '../../../events/cloud-event.ts';
import { posTransactions } from '../../../events/contracts/pos-transactions.ts';
import { NO_DEFECTS } from '../../../events/generator/defects.ts';
import type { Emission } from '../../../events/generator/emission.ts';
import { posEvent } from '../../fixtures/pos-event.ts';
import { posLine, posLineWith } from '../../fixtures/pos-line.ts';
import { fakeStream } from '../producer/fake-stream.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-produce-'));
});
afterAll(() => rm(folder, { recursive: true }));

const streams = { 'transaction-events': 'tx' };

async function givenFile(name: string, lines: readonly unknown[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  return path;
}

async function* items(events: readonly Produced[]): AsyncGenerator<Produced> {
  yield* events;
}

describe('a token bucket', () => {
  it('lets its rate through, and a burst after a pause', () => {
    let now = 0;
    const bucket = new TokenBucket(10, 3, () => now);
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 0]);
    expect(bucket.take()).toBe(100);
    now = 50;
    expect(bucket.take()).toBe(50);
    now = 100;
    expect(bucket.take()).toBe(0);
    now = 60_000;
    expect([bucket.take(), bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 0, 100]);
  });
});

describe('producing', () => {
  const never = new AbortController().signal;

  it('sends events of a file as they are, whatever ingestion will say of their data', async () => {
    const events = [posEvent({ id: 'e-1' }, {}), posEvent({ id: 'e-2' }, { quantity: -5 })];
    const path = await givenFile('events.ndjson', [...events, '', '{ broken', { type: 'com.example.other' }]);
    const { client, taken } = fakeStream({});
    const result = await produce(eventsOfLines(linesOf([path])), { client, streams, signal: never });
    expect(taken.map(({ text }) => JSON.parse(text))).toEqual(events);
    expect(taken.map(({ key }) => key)).toEqual(['31198570044/1', '31198570044/1']);
    expect(result).toMatchObject({ read: 4, delivered: 2, refused: 2, unsent: 0 });
    expect(produceReport(result)).toBe(
      '4 read: 2 delivered, 2 refused, 0 not sent\n' +
        `  ${result.refusals[0]}\n  line 4: no contract takes events of type "com.example.other"\n`,
    );
    expect(result.refusals[0]).toMatch(/^line 3: .*JSON/);
  });

  it('makes events of rows, and tells which rows their contract refuses', async () => {
    const path = await givenFile('rows.ndjson', [posLine, posLineWith({ quantity: 0 }), '[1]']);
    const { client, taken } = fakeStream({});
    const events = eventsOfRows(linesOf([path]), posTransactions);
    const result = await produce(events, { client, streams, signal: never });
    expect(taken.map(({ text }) => decodeEvent(Buffer.from(text)))).toMatchObject([
      { contract: posTransactions, data: posLine },
    ]);
    expect(result).toMatchObject({ read: 3, delivered: 1, refused: 2, unsent: 0 });
    expect(result.refusals[0]).toBe('line 2: quantity is "0", but must be between 1 and 1000');
  });

  it('keeps to its rate', async () => {
    const { client } = fakeStream({});
    const event: Produced = { stream: 'transaction-events', record: { partitionKey: 'k', data: Buffer.from('{}') } };
    const began = performance.now();
    await produce(items(Array.from({ length: 30 }, () => event)), {
      client,
      streams,
      rate: 100,
      burst: 10,
      signal: never,
    });
    expect(performance.now() - began).toBeGreaterThan(180);
  });

  it('ends when it is told to, with what was read delivered', async () => {
    const { client, taken } = fakeStream({});
    const stop = new AbortController();
    async function* endless(): AsyncGenerator<Produced> {
      for (let n = 0; ; n++) {
        if (n === 7) stop.abort();
        yield { stream: 'transaction-events', record: { partitionKey: `${n}`, data: Buffer.from(`${n}`) } };
      }
    }
    const result = await produce(endless(), { client, streams, rate: 1_000, signal: stop.signal });
    expect(result).toMatchObject({ read: 7, delivered: 7, unsent: 0 });
    expect(taken).toHaveLength(7);
  });

  it('accounts for what a stream does not take', async () => {
    const { client } = fakeStream({ weather: () => 'broken' });
    const event: Produced = { stream: 'transaction-events', record: { partitionKey: 'k', data: Buffer.from('{}') } };
    const result = await produce(items([event, { refusal: 'no' }, event]), { client, streams, signal: never });
    expect(result.read).toBe(result.delivered + result.refused + result.unsent);
    expect(result).toMatchObject({ delivered: 0, refused: 1, unsent: 2 });
    expect(produceReport(result)).toContain('[records_not_sent] tx: 2 records were not sent: no such stream');
  });
});

describe('live events', () => {
  const now = new Date('2026-11-21T10:00:00.000Z');

  it('have all times of a record moved to the present', () => {
    const line = { ...posLine, transaction_at: '2017-01-01T11:00:00Z', updated_at: '2017-01-01T11:30:00Z' };
    expect(stampedNow(line, posTransactions, now)).toEqual({
      ...line,
      transaction_at: '2026-11-21T10:00:00.000Z',
      updated_at: '2026-11-21T10:30:00.000Z',
    });
    const broken = { ...line, transaction_at: 'yesterday' };
    expect(stampedNow(broken, posTransactions, now)).toBe(broken);
  });

  it('come from the sources that have a stream, from today on', async () => {
    const seen: string[] = [];
    function* generate({ firstDay }: { readonly firstDay: string }): Generator<Emission> {
      seen.push(firstDay);
      for (const source of ['stores', 'pos_transactions', 'page_views']) {
        yield { kind: 'records', source, day: firstDay, records: [posLine], refused: 0, duplicates: 0 };
      }
      yield { kind: 'truth', table: 'churn', rows: [{}] };
    }
    const options = { seed: 1, scale: 1, defects: NO_DEFECTS, sources: ['pos_transactions'] };
    const events: Produced[] = [];
    for await (const event of liveEvents(generate, options, () => now)) events.push(event);
    expect(seen).toEqual(['2026-11-21']);
    const run = now.getTime().toString(36);
    expect(events).toMatchObject([{ stream: 'transaction-events', record: { partitionKey: `31198570044-${run}/1` } }]);
    const [event] = events;
    const read = event && 'record' in event ? decodeEvent(Buffer.from(event.record.data)) : undefined;
    expect(read).toMatchObject({
      contract: posTransactions,
      data: { transaction_id: `31198570044-${run}`, store_id: '330', transaction_at: now.toISOString() },
    });
  });
});
