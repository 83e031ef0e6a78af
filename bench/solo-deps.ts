import type { BuildDeps } from '../engine/build/index.ts';
import type { BuildRecord } from '../engine/run.ts';
import { memoryUnfinished } from '../test/fixtures/memory-unfinished.ts';

/** Bucket names by layer and use. */
export const BUCKETS = {
  bronze: 'bronze',
  quarantine: 'quarantine',
  operations: 'operations',
  silver: 'silver',
  gold: 'gold',
};

type SoloDeps = Pick<BuildDeps, 'remoteEngines' | 'unfinished' | 'leases' | 'journal' | 'settings' | 'now'>;

/** What builds need beside a lake where one process runs them all: no other engine, no other writer, no lasting record. */
export function soloDeps(): SoloDeps {
  const records = new Map<string, BuildRecord>();
  return {
    remoteEngines: [],
    unfinished: memoryUnfinished(),
    leases: { acquire: async () => undefined, release: async () => {} },
    journal: {
      read: async (runId, model) => records.get(`${runId} ${model}`),
      write: async (record) => void records.set(`${record.runId} ${record.model}`, record),
      writeLineage: async () => {},
    },
    settings: {
      buckets: BUCKETS,
      engine: 'duckdb',
      thresholds: { duckdb: Number.MAX_SAFE_INTEGER, athena: Number.MAX_SAFE_INTEGER },
      retention: { days: 7, versions: 2, orphanDays: 3 },
      rowMinima: {},
      leaseSeconds: 900,
      buildSeconds: 3600,
    },
    now: () => new Date(),
  };
}
