import type { BuildDeps } from './ports.ts';

/** Deletes files that no version uses. What stays where that fails takes space until an audit, and does no harm. */
export const discard = ({ io }: Pick<BuildDeps, 'io'>, uris: readonly string[]): Promise<void> =>
  io.delete(uris).catch(() => undefined);
