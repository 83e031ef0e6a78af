import { z } from 'zod';
import { TributaryError } from '../../common/errors.ts';
import type { BuildSettings } from '../../engine/build/index.ts';
import { ENV } from '../shared/constants.ts';
import { requireEnv } from '../shared/env.ts';

/**
 * Up to these sizes of its inputs a model is built in the Lambda, or by Athena; above by Spark. Copies of the inputs,
 * what spills and the result share the function's disk.
 */
const THRESHOLDS = { duckdb: 2_000_000_000, athena: 1_000_000_000_000 };

/** A Lambda is gone after fifteen minutes; a build that has not ended by then is dead. */
const LEASE_SECONDS = 15 * 60;

/**
 * Time travel and rollback reach back so far; erased data is gone from old versions well within thirty days. What killed
 * builds left goes after as many days as Athena, Spark and Glue allow for by default.
 */
const RETENTION = { days: 7, versions: 2, orphanDays: 3 };

const engine = z.enum(['duckdb', 'athena', 'spark']);

/** What is the same in every environment. */
export const COMMON_SETTINGS = {
  thresholds: THRESHOLDS,
  retention: RETENTION,
  leaseSeconds: LEASE_SECONDS,
} satisfies Partial<BuildSettings>;

/** The settings of builds, as the infrastructure has put them into the environment. */
export function buildSettings(): BuildSettings {
  return {
    buckets: {
      silver: requireEnv(ENV.silverBucket),
      gold: requireEnv(ENV.goldBucket),
      bronze: requireEnv(ENV.bronzeBucket),
      quarantine: requireEnv(ENV.quarantineBucket),
      operations: requireEnv(ENV.operationsBucket),
    },
    engine: engineOverride(process.env[ENV.processingEngine]),
    rowMinima: rowMinima(requireEnv(ENV.rowMinima)),
    ...COMMON_SETTINGS,
  };
}

const minima = z.record(z.string(), z.number().int().nonnegative());

function rowMinima(value: string): BuildSettings['rowMinima'] {
  return minima.parse(JSON.parse(value));
}

function engineOverride(value: string | undefined): BuildSettings['engine'] {
  if (value === undefined || value === '') return undefined;
  const parsed = engine.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TributaryError({
    code: 'bad_setting',
    message: `${ENV.processingEngine} is "${value}"`,
    advice: `Use one of ${engine.options.join(', ')}, or leave it out.`,
  });
}
