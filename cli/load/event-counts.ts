import type { Platform } from '../../infra/platform.ts';
import { queryRows } from '../query/athena.ts';
import type { IntakeCounts } from './intake.ts';
import type { Receipt } from './receipt.ts';

/** Sequence numbers have up to 56 digits; with zeros before them they compare as text. */
const DIGITS = 64;

/** Counts events of a load in the lake, by source. */
export type CountEvents = (
  receipt: Pick<Receipt, 'streams' | 'startedAt'>,
  sources: readonly string[],
) => Promise<ReadonlyMap<string, IntakeCounts>>;

/**
 * Counts by distinct event ids, however often an event arrived: an interrupted load sends some again, and so may
 * Kinesis and Lambda.
 */
export const countEventsIn =
  ({ workgroup }: Pick<Platform, 'workgroup'>): CountEvents =>
  async (receipt, sources) => {
    if (sources.length === 0) return new Map();
    const rows = await queryRows(countsSql(receipt, sources), { workgroup });
    return new Map(
      rows.map(({ source, accepted, quarantined }) => [
        String(source),
        {
          received: Number(accepted) + Number(quarantined),
          accepted: Number(accepted),
          quarantined: Number(quarantined),
        },
      ]),
    );
  };

export function countsSql(receipt: Pick<Receipt, 'streams' | 'startedAt'>, sources: readonly string[]): string {
  const day = receipt.startedAt.slice(0, 10);
  const inBronze = sources.map(
    (source) => `select '${source}' as source, count(distinct _event_id) as accepted, 0 as quarantined
from bronze.${source}
where ingest_date >= '${day}' and (${isSent(receipt, '_origin', '_position')})`,
  );
  const inQuarantine = `select source, 0 as accepted, count(distinct event_id) as quarantined
from bronze.quarantine
where ingest_date >= '${day}' and (${isSent(receipt, 'origin', 'position')})
group by source`;
  return `select source, sum(accepted) as accepted, sum(quarantined) as quarantined
from (
${[...inBronze, inQuarantine].join('\nunion all\n')}
) as counts
group by source`;
}

const padded = (sequenceNumber: string): string => sequenceNumber.padStart(DIGITS, '0');

function isSent({ streams }: Pick<Receipt, 'streams'>, origin: string, position: string): string {
  const ranges = Object.entries(streams).flatMap(([stream, { shards }]) =>
    Object.entries(shards).map(
      ([shard, { first, last }]) =>
        `${origin} = '${stream}/${shard}' and lpad(${position}, ${DIGITS}, '0') between '${padded(first)}' and '${padded(last)}'`,
    ),
  );
  return ranges.length === 0 ? 'false' : ranges.join(' or ');
}
