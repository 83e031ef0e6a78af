import type { TableInput } from './inputs.ts';
import type { BuildDeps } from './ports.ts';
import { publishedBy } from './published.ts';
import { type InputState, readState } from './state.ts';

const BY_TIME = /^(?<unit>day|month)\([^,]*\)$/;

/**
 * The contents of an input's partitions by day or month; undefined where they are not known, as after another writer.
 */
export async function partitionsOfTable(
  { io }: Pick<BuildDeps, 'io'>,
  { iceberg }: TableInput,
): Promise<InputState['partitions']> {
  const published = publishedBy(iceberg);
  const state = published && (await readState(io, published.state));
  const unit = BY_TIME.exec(state?.partitioning ?? '')?.groups?.unit;
  if (state === undefined || unit === undefined) return undefined;
  return { unit: unit === 'month' ? 'month' : 'day', columns: state.columns, contents: state.contents };
}
