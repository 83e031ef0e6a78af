import type { EngineName } from '../model.ts';

/** A build of the past, as `operations.builds` holds it. */
export interface PastBuild {
  readonly model: string;
  readonly seconds: number;
  readonly inputBytes: number;
}

/** What a second of building costs: size of the function, and its architecture. */
export interface BuildMachine {
  readonly memoryMiB: number;
  readonly architecture: 'x64' | 'arm64';
}

/** List prices of us-east-1 in dollars: a GB and second of Lambda, a byte that Athena scans. */
const LAMBDA_GB_SECOND = { x64: 0.0000166667, arm64: 0.0000133334 };
const ATHENA_BYTE = 5 / 1e12;

/** Assumed for a model that was never built: what starting takes, and how fast DuckDB reads and writes. */
const START_SECONDS = 1;
const BYTES_PER_SECOND = 20_000_000;

/**
 * Seconds that a build will take: those of the model's past build whose input was nearest in size, in proportion where
 * the input is now larger (less input is rarely faster: starting takes most of a small build). Without a past build,
 * 1 s and 20 MB of input a second.
 */
export function estimateSeconds(model: string, inputBytes: number, history: readonly PastBuild[]): number {
  const distance = (build: PastBuild): number => Math.abs(build.inputBytes - inputBytes);
  const [like] = history.filter((build) => build.model === model).sort((a, b) => distance(a) - distance(b));
  if (like === undefined) return START_SECONDS + inputBytes / BYTES_PER_SECOND;
  return like.seconds * Math.max(1, inputBytes / Math.max(1, like.inputBytes));
}

/** Dollars of so many seconds of building: memory in GiB × seconds × price of a GB-second. */
export const lambdaDollars = (seconds: number, { memoryMiB, architecture }: BuildMachine): number =>
  (memoryMiB / 1024) * seconds * LAMBDA_GB_SECOND[architecture];

/**
 * Dollars of a build: the function's time, and for Athena 5 dollars per TB of input. Null for Spark, whose time nobody
 * can tell from here.
 */
export function estimateDollars(
  engine: EngineName,
  seconds: number,
  inputBytes: number,
  machine: BuildMachine,
): number | null {
  if (engine === 'spark') return null;
  return lambdaDollars(seconds, machine) + (engine === 'athena' ? inputBytes * ATHENA_BYTE : 0);
}
