import type { EngineName } from '../../engine/model.ts';
import type { BuildMachine } from '../../engine/plan/cost.ts';
import { type Settings, WORKER_UNITS } from '../../infra/environments.ts';

/** The engines that an environment may build with. */
export const enginesOf = ({ build }: Settings): ReadonlySet<EngineName> =>
  new Set(['duckdb', 'athena', ...(build.spark === undefined ? [] : (['spark'] as const))]);

/** What builds cost in an environment. */
export const machineOf = ({ build, runtime }: Settings): BuildMachine => ({
  memoryMiB: build.memoryMiB,
  architecture: runtime.architecture,
  sparkUnits: build.spark && build.spark.workers * WORKER_UNITS[build.spark.workerType],
});
