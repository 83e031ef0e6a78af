import { z } from 'zod';
import { DELIMITERS } from '../../events/readers/delimiter.ts';
import { parseJson } from '../../events/readers/json.ts';
import type { IntakeDestination } from '../shared/intake-destination.ts';

/** How far a file has been taken in: up to the end of a segment, whose objects are stored. */
export const checkpoint = z.object({
  contractVersion: z.number(),
  /** Segments, and what they hold in sum. */
  segments: z.number(),
  received: z.number(),
  accepted: z.number(),
  quarantined: z.number(),
  bronzeObjects: z.number(),
  /** Time that it took so far. */
  seconds: z.number(),
  /** A place at or before the end of the segment, and the records before it; absent where reading begins at the beginning. */
  resume: z
    .object({
      records: z.number(),
      point: z.object({
        offset: z.number(),
        header: z.object({ delimiter: z.enum(DELIMITERS), names: z.array(z.string()).readonly() }).exactOptional(),
      }),
    })
    .exactOptional(),
});
export type Checkpoint = z.infer<typeof checkpoint>;

const keyOf = (fileId: string): string => `checkpoints/ingest-file/${fileId}.json`;

/** The checkpoint of a file, if an earlier call has left one that this deployment understands. */
export async function readCheckpoint(
  { store, operations }: IntakeDestination,
  fileId: string,
): Promise<Checkpoint | undefined> {
  const object = await store.head(operations, keyOf(fileId));
  if (object === undefined) return undefined;
  const text = Buffer.from(await store.range(object, 0, object.bytes)).toString('utf8');
  return checkpoint.safeParse(parseJson(text)).data;
}

export const writeCheckpoint = (
  { store, operations }: IntakeDestination,
  fileId: string,
  reached: Checkpoint,
): Promise<void> => store.write(operations, keyOf(fileId), JSON.stringify(reached));

export const removeCheckpoint = ({ store, operations }: IntakeDestination, fileId: string): Promise<void> =>
  store.remove(operations, keyOf(fileId));
