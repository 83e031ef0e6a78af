import { z } from 'zod';

/** What a build has in Athena and in the catalog, whatever becomes of the call that put it there. */
export interface AthenaToken {
  /** Ids of executions by what they run. */
  readonly queries: Readonly<Record<string, string>>;
  /** Locations of staged tables by name. */
  readonly staged: Readonly<Record<string, string>>;
}

const names = z.record(z.string(), z.string());
const schema = z.object({ queries: names, staged: names });

export const parseToken = (text: string | undefined): AthenaToken =>
  text === undefined ? { queries: {}, staged: {} } : schema.parse(JSON.parse(text));

export const writeToken = (token: AthenaToken): string => JSON.stringify(token);
