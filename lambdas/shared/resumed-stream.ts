import { setTimeout as pause } from 'node:timers/promises';
import { S3ServiceException } from '@aws-sdk/client-s3';

/** Bytes that come over a connection. */
export interface OpenStream {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly length: number;
}

/** Failures in a row, without a byte between them, that are borne. */
const MAX_FAILURES = 4;
const FIRST_PAUSE_MS = 100;

/** What the service refuses, it refuses again (a version that is gone, a missing permission), unless it is only too busy. */
function isFinal(thrown: unknown): boolean {
  if (!(thrown instanceof S3ServiceException)) return false;
  const { httpStatusCode: status = 500 } = thrown.$metadata;
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/**
 * The bytes of a stream, which is opened again where it broke off.
 *
 * @param reopen opens the rest of the stream behind as many bytes as have been read
 */
export async function* resumed(
  first: OpenStream,
  reopen: (read: number) => Promise<OpenStream>,
): AsyncGenerator<Uint8Array> {
  let stream: OpenStream | undefined = first;
  let read = 0;
  for (let failures = 0; ; ) {
    try {
      stream ??= await reopen(read);
      for await (const chunk of stream.bytes) {
        read += chunk.byteLength;
        failures = 0;
        yield chunk;
      }
      if (read >= first.length) return;
      throw new Error(`the connection ended after ${read} of ${first.length} bytes`);
    } catch (thrown) {
      failures++;
      if (failures > MAX_FAILURES || isFinal(thrown)) throw thrown;
      stream = undefined;
      await pause(FIRST_PAUSE_MS * 2 ** failures);
    }
  }
}
