import { createHash } from 'node:crypto';
import { BRONZE_PARTITIONS } from '../contracts/envelope.ts';

/**
 * Object keys follow from what was received and when, never from when it is worked on: whoever repeats the work writes
 * over the same objects.
 */
const hourly = (at: Date): string => {
  const iso = at.toISOString();
  const [date, hour] = BRONZE_PARTITIONS;
  return `${date}=${iso.slice(0, 10)}/${hour}=${iso.slice(11, 13)}`;
};

const daily = (at: Date): string => `ingest_date=${at.toISOString().slice(0, 10)}`;

/** Short and distinct name of one version of one landing object. */
export const fileId = (key: string, etag: string): string =>
  createHash('sha256').update(`${key}\n${etag}`).digest('hex').slice(0, 24);

/** Name of a batch of stream records: shard, first and last sequence number. */
export const batchId = (stream: string, shard: string, first: string, last: string): string =>
  `${stream}-${shard}-${first}-${last}`;

/** In the place of a number, for the record that tells of a refused file. */
export const WHOLE_FILE = 'file';

const part = (number: number | typeof WHOLE_FILE): string => `${number.toString().padStart(4, '0')}.parquet`;

/** What the keys of all bronze objects of a file or batch begin with. */
export const bronzePrefix = (source: string, receivedAt: Date, id: string): string =>
  `${source}/${hourly(receivedAt)}/${id}-`;

export const bronzeKey = (source: string, receivedAt: Date, id: string, number: number): string =>
  bronzePrefix(source, receivedAt, id) + part(number);

/** What the keys of all quarantine objects of a file or batch begin with. */
export const quarantinePrefix = (source: string, receivedAt: Date, id: string): string =>
  `records/source=${source}/${daily(receivedAt)}/${id}-`;

export const quarantineKey = (
  source: string,
  receivedAt: Date,
  id: string,
  number: number | typeof WHOLE_FILE,
): string => quarantinePrefix(source, receivedAt, id) + part(number);

/** Where the copy of a refused file lies. */
export const refusedFileKey = (landingKey: string, receivedAt: Date, id: string): string =>
  `files/${daily(receivedAt)}/${id}/${landingKey}`;

export const ledgerKey = (receivedAt: Date, id: string): string => `intake/${daily(receivedAt)}/${id}.json`;
