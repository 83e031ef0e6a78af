import type { KinesisStreamEvent } from 'aws-lambda';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeEvent } from '../../../events/cloud-event.ts';
import type { IntakeRecord } from '../../../events/intake/ledger.ts';
import { type Delivery, deliver, delivery, type Operation, operations } from '../../fixtures/deliveries.ts';
import { FaultyIngestion } from '../../fixtures/faulty-ingestion.ts';
import { readParquetRows } from '../../fixtures/read-parquet.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const rowsOf = async (ingestion: FaultyIngestion, bucket: string) =>
  (
    await Promise.all(
      ingestion.keys(bucket).map((path) => readParquetRows(ingestion.objects.get(path) ?? Buffer.alloc(0))),
    )
  ).flat();

/** What is in the lake and in the on-failure destination, by position. */
async function outcome(steps: readonly Operation[], how: Delivery) {
  const ingestion = new FaultyIngestion(how);
  const { stream, failed } = await deliver(steps, how, ingestion);
  const bronze = await rowsOf(ingestion, 'bronze');
  const quarantine = await rowsOf(ingestion, 'quarantine');
  const ledger = ingestion
    .keys('operations')
    .flatMap((path) => String(ingestion.objects.get(path)).trim().split('\n'))
    .map((line) => JSON.parse(line) as IntakeRecord);
  const positions = {
    put: new Set(stream.records.map(({ shard, sequenceNumber }) => `transaction-events/${shard}#${sequenceNumber}`)),
    accepted: new Set(bronze.map(({ _origin, _position }) => `${_origin}#${_position}`)),
    refused: new Set(quarantine.map(({ origin, position }) => `${origin}#${position}`)),
    failed: new Set(
      [...failed.values()].flatMap((body) => {
        const { Records }: KinesisStreamEvent = JSON.parse(JSON.parse(body).payload);
        return Records.map(
          ({ eventID, kinesis }) => `transaction-events/${eventID.split(':')[0]}#${kinesis.sequenceNumber}`,
        );
      }),
    ),
  };
  return { ingestion, stream, failed, bronze, quarantine, ledger, positions };
}

const union = (...sets: readonly ReadonlySet<string>[]): Set<string> => new Set(sets.flatMap((set) => [...set]));

const isAcceptable = (data: Buffer): boolean => {
  const event = decodeEvent(data);
  return !('problem' in event) && event.data.quantity !== 0;
};

describe('the stream road under faults', () => {
  it('loses nothing: every record is in bronze, in quarantine or with the failed batches', async () => {
    let failures = 0;
    await fc.assert(
      fc.asyncProperty(operations, delivery, async (steps, how) => {
        const { positions, stream, bronze, ingestion } = await outcome(steps, how);
        failures += ingestion.failures;
        const { put, accepted, refused, failed } = positions;
        expect(union(accepted, refused, failed)).toEqual(put);
        expect([...accepted].filter((position) => refused.has(position))).toEqual([]);
        const good = stream.records.filter(({ data }) => isAcceptable(data));
        const ids = new Map(
          good.map((record) => [`transaction-events/${record.shard}#${record.sequenceNumber}`, record]),
        );
        for (const { _origin, _position, _event_id, _ingested_at } of bronze) {
          const record = ids.get(`${_origin}#${_position}`);
          expect(decodeEvent(record?.data ?? Buffer.alloc(0)).id).toBe(_event_id);
          expect(_ingested_at).toEqual(new Date(record?.arrivedAt ?? 0));
        }
        for (const position of accepted) expect(ids.has(position)).toBe(true);
      }),
      { numRuns: 100 },
    );
    expect(failures).toBeGreaterThan(100);
  });

  it('puts each record into the hour of its arrival, however batches are cut', async () => {
    await fc.assert(
      fc.asyncProperty(operations, delivery, async (steps, how) => {
        const { ingestion, ledger, positions } = await outcome(steps, how);
        for (const path of ingestion.keys('bronze')) {
          const [, date, hour] = /ingest_date=(.+)\/ingest_hour=(\d\d)\//.exec(path) ?? [];
          for (const { _ingested_at } of await readParquetRows(ingestion.objects.get(path) ?? Buffer.alloc(0))) {
            expect((_ingested_at as Date).toISOString().slice(0, 13)).toBe(`${date}T${hour}`);
          }
        }
        for (const entry of ledger) expect(entry.received).toBe(entry.accepted + entry.quarantined);
        const received = ledger.reduce((sum, entry) => sum + entry.received, 0);
        // At least once; exactly once where nothing goes wrong and nothing is delivered again.
        if (how.faultRate === 0 && how.redeliveryRate === 0) expect(received).toBe(positions.put.size);
      }),
      { numRuns: 50 },
    );
  });

  it('is blocked by no record: without faults nothing fails and nothing is delivered twice', async () => {
    await fc.assert(
      fc.asyncProperty(operations, delivery, async (steps, how) => {
        const { ingestion, failed, positions } = await outcome(steps, { ...how, faultRate: 0 });
        expect(ingestion.failures).toBe(0);
        expect(failed.size).toBe(0);
        expect(union(positions.accepted, positions.refused)).toEqual(positions.put);
      }),
      { numRuns: 50 },
    );
  });
});
