import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TributaryError } from '../../../common/errors.ts';
import { rawBytes, rawText } from '../../../events/intake/raw-cipher.ts';
import { type QuarantinedRow, recordId } from '../../../events/replay/quarantined-row.ts';
import { ReplayMemory } from '../../../events/replay/replay-memory.ts';
import { type ReplayRoads, replayQuarantine } from '../../../events/replay/replay-quarantine.ts';
import { MemoryPlans } from '../../fixtures/memory-plans.ts';

const SOURCE = 'pos_transactions';

const row = (changes: Partial<QuarantinedRow> = {}): QuarantinedRow => ({
  source: SOURCE,
  road: 'file',
  origin: `${SOURCE}/a.csv#e1`,
  position: '1',
  reason: 'too_small',
  field: 'quantity',
  message: 'quantity is 0',
  eventId: null,
  contractVersion: 1,
  receivedAt: '2026-11-21 09:00:00.000',
  raw: 'sealed {"quantity":"0"}',
  ...changes,
});

/** Opens what begins with `sealed`, as a real one does only for its own source. */
const cipher = {
  open: async (_source: string, sealed: readonly string[]) =>
    sealed.map((text) => {
      if (text.startsWith('sealed ')) return text.slice('sealed '.length);
      throw new TributaryError({ code: 'subject_erased', message: 'the subject was erased' });
    }),
};

function platform() {
  const plans = new MemoryPlans();
  const landed = new Map<string, string>();
  const streamed: { stream: string; partitionKey: string; text: string }[] = [];
  const roads: ReplayRoads = {
    land: async (key, body) => {
      landed.set(key, body);
      return `${key}#etag`;
    },
    landAgain: async (uri, key) => {
      landed.set(key, uri);
      return `${key}#etag`;
    },
    put: async (stream, events) =>
      events.map(({ partitionKey, data }) => {
        streamed.push({ stream, partitionKey, text: Buffer.from(data).toString() });
        return `${stream}/shardId-0#${9000 + streamed.length}`;
      }),
  };
  const replay = async (
    rows: readonly QuarantinedRow[],
    options: { isDryRun?: boolean; now?: Date; recordsPerPlan?: number } = {},
  ) => {
    const { isDryRun = false, now, recordsPerPlan } = options;
    const all = async function* () {
      yield* rows;
    };
    return replayQuarantine(all(), {
      memory: await ReplayMemory.open(SOURCE, plans, now),
      roads,
      cipher,
      isDryRun,
      quarantined: new Set(rows.map(recordId)),
      ...(recordsPerPlan === undefined ? {} : { recordsPerPlan }),
    });
  };
  return { plans, landed, streamed, roads, replay };
}

describe('a replay of quarantined records', () => {
  it('lands rows of files as one NDJSON file that says what it is', async () => {
    const { replay, landed } = platform();
    const counts = await replay([row(), row({ position: '2', raw: 'sealed {"quantity":\n"1"}' })]);
    expect(counts).toMatchObject({ sent: 2, files: 0, before: 0, unreadable: 0 });
    expect([...landed]).toEqual([
      [`${SOURCE}/replays/${SOURCE}-v1-000001.ndjson`, '{"quantity":"0"}\n{"quantity": "1"}\n'],
    ]);
  });

  it('puts events back into their own stream, byte for byte', async () => {
    const { replay, streamed } = platform();
    const origin = 'transaction-events/shardId-000000000000';
    await replay([
      row({ road: 'stream', origin, position: '100', eventId: 'e-1', raw: 'sealed {"id": "e-1"}' }),
      row({ road: 'stream', origin, position: '101', raw: 'sealed nonsense' }),
    ]);
    expect(streamed).toEqual([
      { stream: 'transaction-events', partitionKey: 'e-1', text: '{"id": "e-1"}' },
      { stream: 'transaction-events', partitionKey: `${origin}#101`, text: 'nonsense' },
    ]);
  });

  it('copies refused files back below their folder', async () => {
    const { replay, landed } = platform();
    const raw = 's3://quarantine/files/ingest_date=2026-11-21/1f00/pos_transactions/2026/a b.csv';
    expect(await replay([row({ position: '0', raw })])).toMatchObject({ files: 1, sent: 0 });
    expect([...landed]).toEqual([[`${SOURCE}/replays/${SOURCE}-v1-000001/2026/a b.csv`, raw]]);
  });

  it('leaves out rows that could not be taken apart and records that nobody can open, and sends the others', async () => {
    const { replay, landed } = platform();
    const rows = [
      row({ raw: 'sealed 1,2,"3' }),
      row({ position: '2' }),
      row({ position: '3', raw: 'of an erased person' }),
      row({ position: '4', raw: null }),
    ];
    expect(await replay(rows)).toMatchObject({ sent: 1, unreadable: 3 });
    expect([...landed.values()]).toEqual(['{"quantity":"0"}\n']);
  });

  it('sends each record once per contract version', async () => {
    const { replay, landed } = platform();
    await replay([row()]);
    expect(await replay([row(), row({ position: '2' })])).toMatchObject({ sent: 1, before: 1 });
    expect(await replay([row(), row({ position: '2' })])).toMatchObject({ sent: 0, before: 2 });
    expect(landed.size).toBe(2);
  });

  it('sends a record again under a new version only if it was refused again, and then the original', async () => {
    const { replay, plans, landed } = platform();
    await replay([row(), row({ position: '2' })]);
    for (const [key, text] of [...plans.objects]) {
      // As if they had been replayed under an earlier version.
      plans.objects.delete(key);
      plans.objects.set(key.replace('-v1-', '-v0-'), text.replaceAll('"v1"', '"v0"'));
    }
    const copy = row({ origin: `${SOURCE}/replays/${SOURCE}-v1-000001.ndjson#etag`, position: '1' });
    expect(await replay([row(), row({ position: '2' }), copy])).toMatchObject({ sent: 1, before: 1, copies: 1 });
    expect(landed.get(`${SOURCE}/replays/${SOURCE}-v1-000002.ndjson`)).toBe('{"quantity":"0"}\n');
  });

  it('says in a dry run what it would send, and sends nothing', async () => {
    const { replay, landed, plans } = platform();
    expect(await replay([row()], { isDryRun: true })).toMatchObject({ sent: 1, targets: [] });
    expect([landed.size, plans.objects.size]).toEqual([0, 0]);
  });

  it('is refused while somebody else claims', async () => {
    const { replay, plans } = platform();
    plans.keys = async () => [];
    await replay([row()]);
    await expect(replay([row()])).rejects.toMatchObject({ code: 'replay_in_progress' });
  });

  it('that was interrupted is made up for, not before a while', async () => {
    const { replay, roads, landed } = platform();
    const { land } = roads;
    roads.land = () => Promise.reject(new Error('out of order'));
    await expect(replay([row()])).rejects.toThrow('out of order');
    roads.land = land;
    expect(await replay([row()])).toMatchObject({ sent: 0, before: 1 });
    const later = new Date(Date.now() + 16 * 60_000);
    expect(await replay([row()], { now: later })).toMatchObject({ sent: 1 });
    expect([...landed.keys()]).toEqual([`${SOURCE}/replays/${SOURCE}-v1-000002.ndjson`]);
  });

  it('sends every readable record exactly once, in whatever pieces', async () => {
    const rows = fc.uniqueArray(fc.record({ road: fc.constantFrom('file', 'stream'), position: fc.nat(50) }), {
      selector: ({ road, position }) => `${road} ${position}`,
    });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 5 }), async (some, recordsPerPlan) => {
        const { replay, landed, streamed } = platform();
        const all = some.map(({ road, position }) =>
          row({
            road: road === 'file' ? 'file' : 'stream',
            origin: road === 'file' ? `${SOURCE}/a.csv#e1` : 'transaction-events/shardId-0',
            position: String(position + 1),
            raw: `sealed {"id":"${road} ${position}"}`,
          }),
        );
        for (let times = 0; times < 2; times++) await replay(all, { recordsPerPlan });
        const lines = [...landed.values()].flatMap((text) => text.trim().split('\n'));
        const sent = [...lines, ...streamed.map(({ text }) => text)].map((text) => JSON.parse(text).id);
        expect(sent.sort()).toEqual(some.map(({ road, position }) => `${road} ${position}`).sort());
      }),
    );
  });
});

describe('the text of a record', () => {
  it('gives its bytes again, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(rawBytes(rawText(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
      }),
    );
    expect(rawText(Buffer.from('{"a":"é"}'))).toBe('{"a":"é"}');
  });
});
