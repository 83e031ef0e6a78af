import type { EngineName } from '../../engine/model.ts';
import type { BuildMachine } from '../../engine/plan/cost.ts';
import type { Settings } from '../../infra/environments.ts';

/** The engines that an environment may build with. */
export const enginesOf = (_: Settings): ReadonlySet<EngineName> => new Set(['duckdb', 'athena']);

/** What builds cost in an environment. */
export const machineOf = ({ build, runtime }: Settings): BuildMachine => ({
  memoryMiB: build.memoryMiB,
  architecture: runtime.architecture,
  sparkUnits: undefined,
});
