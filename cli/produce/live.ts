import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Contract } from '../../events/contracts/contract.ts';
import { contractOf } from '../../events/contracts/index.ts';
import type { Emission, GeneratorOptions } from '../../events/generator/emission.ts';
import { eventOf } from '../../events/generator/output/event-of.ts';
import { LONGEST_KEY } from '../../events/producer/event.ts';
import type { JsonRecord } from '../../events/validator/layout.ts';
import type { Produced } from './produce.ts';

const DAY_MILLIS = 86_400_000;

/** Days of a run that nobody stops: ten years. */
const MANY_DAYS = 3_650;

/** Fields that name something that has happened: nothing of one run is something of another. */
const HAPPENINGS: readonly string[] = [
  'transaction_id',
  'order_id',
  'session_id',
  'event_id',
  'shipment_id',
  'redemption_id',
  'review_id',
  'ticket_id',
];

export type LiveOptions = Omit<GeneratorOptions, 'days' | 'firstDay'> & {
  /** Only these sources; all that have a stream when empty. */
  readonly sources: readonly string[];
};

/**
 * What a synthetic retailer sends from today on, each event as if it happened at the moment of sending. People, products
 * and stores are those of a dataset of the same seed and scale; what happens is new with each run.
 */
export async function* liveEvents(
  generate: (options: GeneratorOptions) => Iterable<Emission>,
  { sources, ...options }: LiveOptions,
  now: () => Date = () => new Date(),
): AsyncGenerator<Produced> {
  const began = now();
  const run = began.getTime().toString(36);
  const firstDay = began.toISOString().slice(0, 10);
  for (const emission of generate({ ...options, days: MANY_DAYS, firstDay })) {
    // Making records takes all of the thread; whoever wants to stop gets a turn.
    await setImmediate();
    if (emission.kind !== 'records') continue;
    const contract = contractOf(emission.source);
    const isWanted = sources.length === 0 || sources.includes(emission.source);
    const transport = contract?.transport.stream;
    if (contract === undefined || transport === undefined || !isWanted) continue;
    for (const record of emission.records) {
      const stamped = ofRun(stampedNow(record, contract, now()), run);
      const otherwiseAt = now().toISOString();
      const event = eventOf({ contract, type: transport.type, id: randomUUID(), record: stamped, otherwiseAt });
      const partitionKey = contract.key.map((name) => stamped[name] ?? '').join('/') || event.id;
      yield {
        stream: transport.stream,
        record: { partitionKey: partitionKey.slice(0, LONGEST_KEY), data: Buffer.from(JSON.stringify(event)) },
      };
    }
  }
}

/** The record with all its times moved by as much as its event time is from now. */
export function stampedNow(record: JsonRecord, { fields, eventTimeColumn }: Contract, now: Date): JsonRecord {
  const happened = Date.parse(String(record[eventTimeColumn]));
  if (Number.isNaN(happened)) return record;
  const shift = now.getTime() - happened;
  const moved = Object.entries(record).map(([name, value]) => {
    const kind = fields[name]?.type.kind;
    const at = typeof value === 'string' && (kind === 'timestamp' || kind === 'date') ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(at)) return [name, value];
    if (kind === 'timestamp') return [name, new Date(at + shift).toISOString()];
    return [name, new Date(at + Math.round(shift / DAY_MILLIS) * DAY_MILLIS).toISOString().slice(0, 10)];
  });
  return Object.fromEntries(moved);
}

/** The record with the run in the names of what has happened. */
export function ofRun(record: JsonRecord, run: string): JsonRecord {
  const named = HAPPENINGS.filter((name) => typeof record[name] === 'string');
  return { ...record, ...Object.fromEntries(named.map((name) => [name, `${record[name]}-${run}`])) };
}
