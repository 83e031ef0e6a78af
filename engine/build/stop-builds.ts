import type { BuildDeps } from './ports.ts';
import { abandon } from './session.ts';

/** Asks to stop what runs that were cancelled have left running in engines outside the function. */
export interface StopBuilds {
  readonly action: 'stop';
  readonly runIds: readonly string[];
}

/**
 * Stops the builds of these runs that go on in an engine, and gives their tables free; gives their models. A call that
 * is waiting for one finds it cancelled, and records a failed build.
 */
export async function stopBuilds(
  deps: Pick<BuildDeps, 'remoteEngines' | 'unfinished' | 'leases'>,
  { runIds }: StopBuilds,
): Promise<readonly string[]> {
  const stopped: string[] = [];
  for (const model of await deps.unfinished.list()) {
    const build = await deps.unfinished.read(model);
    if (build === undefined || !runIds.includes(build.runId)) continue;
    await abandon(deps, build);
    await deps.leases.release(model, build.runId);
    stopped.push(model);
  }
  return stopped;
}
