import type { EngineName } from '../model.ts';

/** A build of the past, as `operations.builds` holds it. */
export interface PastBuild {
  readonly model: string;
  readonly engine: EngineName | null;
  readonly seconds: number;
  readonly inputBytes: number;
}

/** What a second of building costs: size of the function and its architecture, data processing units of the Spark job. */
export interface BuildMachine {
  readonly memoryMiB: number;
  readonly architecture: 'x64' | 'arm64';
  /** Undefined where there is no job. */
  readonly sparkUnits: number | undefined;
}

/** List prices of us-east-1 in dollars: a GB and second of Lambda, a byte that Athena scans, a Glue DPU-hour. */
const LAMBDA_GB_SECOND = { x64: 0.0000166667, arm64: 0.0000133334 };
const ATHENA_BYTE = 5 / 1e12;
const GLUE_UNIT_HOUR = 0.44;

/** Athena counts ten megabytes for a query that scans less; Glue a minute for a job that takes less. */
const ATHENA_LEAST_BYTES = 10_000_000;
const GLUE_LEAST_SECONDS = 60;

/** Assumed for a model that an engine has never built: what starting takes, and how fast it reads and writes. */
const ASSUMED: Readonly<Record<EngineName, { readonly startSeconds: number; readonly bytesPerSecond: number }>> = {
  duckdb: { startSeconds: 1, bytesPerSecond: 20_000_000 },
  athena: { startSeconds: 10, bytesPerSecond: 200_000_000 },
  spark: { startSeconds: 90, bytesPerSecond: 200_000_000 },
};

/**
 * Seconds that a build will take: those of the model's past build by the engine whose input was nearest in size, in
 * proportion where the input is now larger (less input is rarely faster: starting takes most of a small build). Without
 * a past build, what is assumed of the engine.
 */
export function estimateSeconds(
  engine: EngineName,
  model: string,
  inputBytes: number,
  history: readonly PastBuild[],
): number {
  const distance = (build: PastBuild): number => Math.abs(build.inputBytes - inputBytes);
  const [like] = history
    .filter((build) => build.model === model && build.engine === engine)
    .sort((a, b) => distance(a) - distance(b));
  const { startSeconds, bytesPerSecond } = ASSUMED[engine];
  if (like === undefined) return startSeconds + inputBytes / bytesPerSecond;
  return like.seconds * Math.max(1, inputBytes / Math.max(1, like.inputBytes));
}

/** Dollars of so many seconds of building: memory in GiB × seconds × price of a GB-second. */
export const lambdaDollars = (seconds: number, { memoryMiB, architecture }: BuildMachine): number =>
  (memoryMiB / 1024) * seconds * LAMBDA_GB_SECOND[architecture];

/**
 * Dollars of a build: the function's time, of which it only waits for a part where another engine works; for Athena 5
 * dollars per TB of input, for Spark 0.44 per hour and data processing unit. Null for Spark where there is no job.
 */
export function estimateDollars(
  engine: EngineName,
  seconds: number,
  inputBytes: number,
  machine: BuildMachine,
): number | null {
  const own = lambdaDollars(seconds, machine);
  switch (engine) {
    case 'duckdb':
      return own;
    case 'athena':
      return own + Math.max(inputBytes, ATHENA_LEAST_BYTES) * ATHENA_BYTE;
    case 'spark':
      if (machine.sparkUnits === undefined) return null;
      return own + (machine.sparkUnits * Math.max(seconds, GLUE_LEAST_SECONDS) * GLUE_UNIT_HOUR) / 3600;
  }
}
