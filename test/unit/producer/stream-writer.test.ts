import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordsNotSent } from '../../../events/producer/errors.ts';
import type { Delivery, StreamRecord } from '../../../events/producer/record.ts';
import { type RequestMetrics, StreamWriter } from '../../../events/producer/stream-writer.ts';
import { Random } from '../../fixtures/random.ts';
import { fakeStream, type Weather } from './fake-stream.ts';

const record = (partitionKey: string, text: string): StreamRecord => ({ partitionKey, data: Buffer.from(text) });
const distinct = (count: number): StreamRecord[] => Array.from({ length: count }, (_, i) => record(`k${i}`, String(i)));
const textOf = ({ data }: StreamRecord): string => Buffer.from(data).toString();
const quick = { stream: 's', firstPauseMs: 0, lingerMs: 0 } as const;

async function writeAll(writer: StreamWriter, records: readonly StreamRecord[]): Promise<void> {
  for (const one of records) await writer.write(one);
  await writer.close();
}

const errorOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => undefined).catch((thrown) => thrown);

describe('a stream writer', () => {
  it('fills requests up to 500 records', async () => {
    const stream = fakeStream({});
    const writer = new StreamWriter({ ...quick, client: stream.client, lingerMs: 1_000 });
    await writeAll(writer, distinct(1_200));
    expect(stream.requests).toEqual([500, 500, 200]);
    expect(stream.taken.map(({ text }) => text)).toEqual(distinct(1_200).map(textOf));
  });

  it('fills requests up to 5 MiB, partition keys included', async () => {
    const stream = fakeStream({});
    const writer = new StreamWriter({ ...quick, client: stream.client, lingerMs: 1_000 });
    const big = Array.from({ length: 12 }, (_, i) => record(`key-${i}`, 'x'.repeat(1024 * 1024)));
    await writeAll(writer, big);
    expect(stream.requests).toEqual([4, 4, 4]);
  });

  it('waits for company no longer than it lingers', async () => {
    const stream = fakeStream({});
    const writer = new StreamWriter({ ...quick, client: stream.client, lingerMs: 30 });
    for (const one of distinct(3)) await writer.write(one);
    expect(stream.requests).toEqual([]);
    await expect.poll(() => stream.requests, { timeout: 2_000 }).toEqual([3]);
  });

  it('sends again only what was refused, with the positions of what was taken', async () => {
    const stream = fakeStream({
      weather: (request) => (request === 1 ? 'throttled' : 'fine'),
      refuses: (key) => key === 'k1' || key === 'k3',
    });
    const deliveries: Delivery[] = [];
    const metrics: RequestMetrics[] = [];
    const writer = new StreamWriter({
      ...quick,
      lingerMs: 1_000,
      client: stream.client,
      onDelivered: (some) => deliveries.push(...some),
      onMetrics: (one) => metrics.push(one),
    });
    await writeAll(writer, distinct(5));
    expect(stream.requests).toEqual([5, 2]);
    expect(deliveries.map((one) => [textOf(one.record), one.position.sequenceNumber])).toEqual([
      ['0', '1'],
      ['2', '2'],
      ['4', '3'],
      ['1', '4'],
      ['3', '5'],
    ]);
    expect(metrics.map(({ delivered, refused, buffered }) => [delivered, refused, buffered])).toEqual([
      [3, 2, 2],
      [2, 0, 0],
    ]);
  });

  it('makes its caller wait while the buffer is full', async () => {
    const stream = fakeStream({ random: new Random(1), delayMs: 20 });
    const writer = new StreamWriter({ ...quick, client: stream.client, bufferedRecords: 10, concurrency: 2 });
    let most = 0;
    let written = 0;
    for (const one of distinct(200)) {
      await writer.write(one);
      written++;
      most = Math.max(most, written - stream.taken.length);
    }
    await writer.close();
    expect(most).toBeLessThanOrEqual(10);
    expect(stream.mostUnderWay()).toBeLessThanOrEqual(2);
    expect(stream.taken).toHaveLength(200);
  });

  it('gives up after its last try and hands back what was not sent, in order', async () => {
    const stream = fakeStream({ weather: () => 'throttled', refuses: (key) => key === 'poor' });
    const writer = new StreamWriter({ ...quick, client: stream.client, attempts: 3 });
    const records = [record('poor', 'a'), record('rich', 'b'), record('poor', 'c')];
    const error = await errorOf(writeAll(writer, records));
    expect(error).toBeInstanceOf(RecordsNotSent);
    expect(error).toMatchObject({
      code: 'records_not_sent',
      where: 's',
      message: '2 records were not sent: refused 3 times: ProvisionedThroughputExceededException slow down',
    });
    expect((error as RecordsNotSent).records.map(textOf)).toEqual(['a', 'c']);
    expect(await errorOf(writer.flush())).toBeInstanceOf(RecordsNotSent);
  });

  it('does not try again what cannot get better', async () => {
    const stream = fakeStream({ weather: () => 'broken' });
    const writer = new StreamWriter({ ...quick, lingerMs: 1_000, client: stream.client });
    const error = await errorOf(writeAll(writer, distinct(2)));
    expect(error).toMatchObject({ code: 'records_not_sent', message: '2 records were not sent: no such stream' });
    expect(stream.requests).toHaveLength(1);
  });

  it('sends again what nobody answered for, and a request that outlasts its time', async () => {
    const stream = fakeStream({ weather: (request) => (request === 1 ? 'lost' : request === 2 ? 'timeout' : 'fine') });
    const writer = new StreamWriter({ ...quick, lingerMs: 1_000, client: stream.client });
    await writeAll(writer, distinct(3));
    expect(stream.requests).toEqual([3, 3, 3]);
    expect(new Set(stream.taken.map(({ text }) => text))).toEqual(new Set(['0', '1', '2']));
  });

  it('takes nothing after it was closed', async () => {
    const writer = new StreamWriter({ ...quick, client: fakeStream({}).client });
    await writer.close();
    await expect(writer.write(record('k', '1'))).rejects.toMatchObject({ code: 'producer_closed' });
  });

  it('delivers every record or reports it, and keeps the order of each key, whatever the weather', async () => {
    const weathers: readonly Weather[] = ['fine', 'throttled', 'throttled', 'lost', 'timeout'];
    const run = fc.record({
      seed: fc.nat(),
      keys: fc.array(fc.nat({ max: 6 }), { maxLength: 120 }),
      attempts: fc.constantFrom(2, 5, 100),
      buffered: fc.constantFrom(1, 7, 1_000),
    });
    const property = fc.asyncProperty(run, async ({ seed, keys, attempts, buffered }) => {
      const random = new Random(seed);
      const stream = fakeStream({
        random,
        delayMs: 2,
        weather: () => random.pick(weathers) ?? 'fine',
        refuses: () => random.chance(0.4),
      });
      const delivered: StreamRecord[] = [];
      const writer = new StreamWriter({
        ...quick,
        client: stream.client,
        attempts,
        bufferedRecords: buffered,
        onDelivered: (some) => delivered.push(...some.map((one) => one.record)),
      });
      const written: StreamRecord[] = [];
      let unsent: readonly StreamRecord[] = [];
      try {
        for (const [i, key] of keys.entries()) {
          const one = record(`k${key}`, String(i));
          written.push(one);
          await writer.write(one);
        }
        await writer.close();
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(RecordsNotSent);
        unsent = (thrown as RecordsNotSent).records;
      }
      const told = new Set([...delivered, ...unsent]);
      expect(delivered.length + unsent.length).toBe(told.size);
      expect(written.filter((one) => !told.has(one))).toEqual([]);
      expect(unsent).toEqual([...unsent].sort((a, b) => Number(textOf(a)) - Number(textOf(b))));
      const first = [...new Map(stream.taken.map((one) => [one.text, one])).values()];
      for (const key of new Set(first.map((one) => one.key))) {
        const order = first.filter((one) => one.key === key).map(({ text }) => Number(text));
        expect(order).toEqual([...order].sort((a, b) => a - b));
      }
      const inStream = new Set(stream.taken.map(({ text }) => text));
      expect(delivered.filter((one) => !inStream.has(textOf(one)))).toEqual([]);
    });
    await fc.assert(property, { numRuns: 60 });
  });
});
