import { TributaryError } from '../../common/errors.ts';
import { StillRunning } from '../adapters/adapter.ts';
import type { BuildDeps } from './ports.ts';

/**
 * Runs a step as the only writer of a table, which it stays where the step goes on after this call. Throws `table_busy`
 * where another run has it.
 */
export async function underLease<T>(
  { leases, settings }: Pick<BuildDeps, 'leases' | 'settings'>,
  table: string,
  runId: string,
  step: () => Promise<T>,
): Promise<T> {
  const refused = await leases.acquire(table, runId, settings.leaseSeconds);
  if (refused !== undefined) {
    throw new TributaryError({
      code: 'table_busy',
      message: `${table} is being built by the run ${refused.heldBy}`,
      advice: `Run again when that run has ended; one that died gives the table free after ${settings.leaseSeconds} s.`,
    });
  }
  let goesOn = false;
  try {
    return await step();
  } catch (error) {
    goesOn = error instanceof StillRunning;
    throw error;
  } finally {
    // What was published is published; a lease that cannot be given back runs out by itself.
    if (!goesOn) await leases.release(table, runId).catch(() => undefined);
  }
}
