import { z } from 'zod';
import { TributaryError } from '../../common/errors.ts';
import { parseJson } from '../readers/json.ts';

/** Where Lambda writes what no attempt could process, by event source mapping and shard. */
export const FAILED_BATCHES_PREFIX = 'aws/lambda/';

/** An invocation record of the S3 on-failure destination, as far as it is needed. */
const invocationRecord = z.object({
  requestContext: z.object({ functionArn: z.string(), condition: z.string() }),
  KinesisBatchInfo: z.object({ shardId: z.string(), batchSize: z.number(), streamArn: z.string() }),
  /** The whole event as text. */
  payload: z.string(),
});

/** Where failed batches lie, and the functions that could not process them. */
export interface FailedBatchPorts {
  keys(prefix: string): Promise<readonly string[]>;
  read(key: string): Promise<string>;
  isDone(key: string): Promise<boolean>;
  markDone(key: string, note: FailedBatch): Promise<void>;
  /** Calls a function with an event, as the event source does. Rejects when the function fails. */
  invoke(functionArn: string, payload: string): Promise<void>;
}

export interface FailedBatch {
  readonly key: string;
  readonly stream: string;
  readonly shard: string;
  readonly records: number;
  readonly condition: string;
}

export interface FailedBatchOutcome {
  readonly replayed: FailedBatch[];
  /** With what was wrong this time. */
  readonly failedAgain: { readonly key: string; readonly message: string }[];
  /** Batches that were replayed earlier. */
  before: number;
}

/**
 * Hands failed batches to their function again, in the order in which they failed. The event is the original one, so its
 * records keep their positions: whatever an earlier attempt had stored of them is stored over, or counted once.
 */
export async function replayFailedBatches(ports: FailedBatchPorts, isDryRun: boolean): Promise<FailedBatchOutcome> {
  const outcome: FailedBatchOutcome = { replayed: [], failedAgain: [], before: 0 };
  for (const key of (await ports.keys(FAILED_BATCHES_PREFIX)).toSorted(byTime)) {
    if (await ports.isDone(key)) {
      outcome.before += 1;
      continue;
    }
    try {
      const { batch, functionArn, payload } = readBatch(key, await ports.read(key));
      if (!isDryRun) {
        await ports.invoke(functionArn, payload);
        await ports.markDone(key, batch);
      }
      outcome.replayed.push(batch);
    } catch (thrown) {
      if (!(thrown instanceof TributaryError)) throw thrown;
      outcome.failedAgain.push({ key, message: thrown.message });
    }
  }
  return outcome;
}

/** The name of an object begins with the time of the failure. */
const nameOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1);
const byTime = (a: string, b: string): number => (nameOf(a) < nameOf(b) ? -1 : 1);

function readBatch(key: string, text: string) {
  const parsed = invocationRecord.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new TributaryError({
      code: 'no_failed_batch',
      message: `not an invocation record with its event: ${z.prettifyError(parsed.error)}`,
      where: key,
      cause: parsed.error,
    });
  }
  const { requestContext, KinesisBatchInfo: info, payload } = parsed.data;
  const batch: FailedBatch = {
    key,
    stream: info.streamArn.split('/').at(-1) ?? '',
    shard: info.shardId,
    records: info.batchSize,
    condition: requestContext.condition,
  };
  return { batch, functionArn: requestContext.functionArn, payload };
}
