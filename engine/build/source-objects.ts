import { mapBounded } from '../../common/concurrency.ts';
import type { EngineAdapter, InputFile } from '../adapters/adapter.ts';
import { objectId } from '../fingerprint.ts';
import { type Partition, type PartitionSet, type PartitionUnit, partitionNumber } from '../partitions.ts';
import type { SourceInput } from './inputs.ts';
import type { InputState } from './state.ts';

/** The objects of a source, compared with those that the published version was made from. */
export interface ObjectChanges {
  readonly added: readonly InputFile[];
  /** Ids of objects that are gone or were overwritten. */
  readonly removed: readonly string[];
}

export function compareObjects({ objects }: SourceInput, before: InputState | undefined): ObjectChanges {
  const known = before?.objects ?? {};
  const ids = new Set(objects.map(objectId));
  return {
    added: objects.filter((object) => known[objectId(object)] === undefined),
    removed: Object.keys(known).filter((id) => !ids.has(id)),
  };
}

/** How many objects one query looks at: the engine opens all of them. */
const OBJECTS_AT_ONCE = 500;

/** The partitions that the rows of each object belong to, by the object's id. Only one column is looked at. */
export async function partitionsOf(
  adapter: EngineAdapter,
  input: SourceInput,
  objects: readonly InputFile[],
  column: string,
  unit: PartitionUnit,
  asOf: string,
): Promise<ReadonlyMap<string, PartitionSet>> {
  const chunks = Array.from({ length: Math.ceil(objects.length / OBJECTS_AT_ONCE) }, (_, index) =>
    objects.slice(index * OBJECTS_AT_ONCE, (index + 1) * OBJECTS_AT_ONCE),
  );
  const results = await mapBounded(chunks, 1, async (chunk) => {
    const rows = await adapter.query({
      sql: `select ${FILE}, ${partitionNumber(column, unit)} as part from ${input.table} group by 1, 2`,
      inputs: [{ ...input.withObjects(chunk), filePosition: FILE }],
      asOf,
    });
    const sets = chunk.map(() => new Set<Partition>());
    for (const row of rows) sets[Number(row[FILE])]?.add(row.part === null ? null : Number(row.part));
    return chunk.map((object, index): [string, PartitionSet] => [objectId(object), sets[index] ?? new Set()]);
  });
  return new Map(results.flat());
}

const FILE = 'file_position';
