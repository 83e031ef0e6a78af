import { z } from 'zod';
import { TributaryError } from '../../common/errors.ts';
import { parseJson } from '../../events/readers/json.ts';

/** The version of an object that an event tells of. */
export interface LandedObject {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
}

/** An `Object Created` event as EventBridge sends it; its key is not URL-encoded. */
const objectCreated = z.object({
  detail: z.object({
    bucket: z.object({ name: z.string().min(1) }),
    object: z.object({ key: z.string().min(1), etag: z.string().min(1) }),
  }),
});

/** The object that a queue message tells of. */
export function landedObject(body: string): LandedObject {
  const event = objectCreated.safeParse(parseJson(body));
  if (!event.success) {
    throw new TributaryError({
      code: 'unexpected_event',
      message: `the message is no 'Object Created' event: ${z.prettifyError(event.error)}`,
      advice: 'look at what else writes to the queue of landed files',
      cause: event.error,
    });
  }
  const { bucket, object } = event.data.detail;
  return { bucket: bucket.name, key: object.key, etag: object.etag.replaceAll('"', '') };
}
