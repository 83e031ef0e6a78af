import { z } from 'zod';
import { TributaryError } from '../../common/errors.ts';
import type { BuildSettings } from '../../engine/build/index.ts';
import { ENGINE_NAMES } from '../../engine/model.ts';
import { ENV } from '../shared/constants.ts';
import { requireEnv } from '../shared/env.ts';
import { type EngineSettings, engineSettings } from './engine-settings.ts';

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

const engine = z.enum(ENGINE_NAMES);

/** What is the same in every environment. */
export const COMMON_SETTINGS = {
  thresholds: THRESHOLDS,
  retention: RETENTION,
  leaseSeconds: LEASE_SECONDS,
} satisfies Partial<BuildSettings>;

/** What the environment says of engines outside the function. */
export const settingsOfEngines = (): EngineSettings => engineSettings.parse(JSON.parse(requireEnv(ENV.engines)));

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
    buildSeconds: settingsOfEngines().buildSeconds,
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
