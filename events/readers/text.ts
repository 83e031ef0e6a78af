import { isAscii, isUtf8 } from 'node:buffer';
import type { Problem } from '../validator/problem.ts';
import type { RecordSink, ResumePoint } from './sink.ts';
import type { Ranges, Splitter } from './splitter.ts';

/** What of a record that cannot be read goes to quarantine; the whole stays in the landing bucket. */
const SHOWN_BYTES = 64 * 1024;
/** Bytes read at once: enough to spread the cost of a call, little enough to be nothing. */
const BLOCK_BYTES = 256 * 1024;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

const INVALID_UTF8: Problem = { code: 'invalid_utf8', message: 'the record is not UTF-8 text' };

/** Takes the text of one record. */
export type TakeRecord = (text: string) => void;

/** Hands a block's records on as text, decoding ASCII, which most data is, the fast way. */
function decoded(block: Buffer, take: TakeRecord, sink: RecordSink): Ranges {
  const refuse = (start: number, end: number, problem: Problem) =>
    sink.refuse(problem, () => block.toString('utf8', start, Math.min(end, start + SHOWN_BYTES)));
  if (isAscii(block)) return { refuse, record: (start, end) => take(block.toString('latin1', start, end)) };
  const isValid = isUtf8(block);
  return {
    refuse,
    record: (start, end) => {
      if (isValid || isUtf8(block.subarray(start, end))) take(block.toString('utf8', start, end));
      else refuse(start, end, INVALID_UTF8);
    },
  };
}

/** The bytes of a stream in blocks, the last of which may be empty. */
async function* blocks(stream: AsyncIterable<Uint8Array>): AsyncGenerator<{ bytes: Buffer[]; isLast: boolean }> {
  let bytes: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    bytes.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    size += chunk.byteLength;
    if (size >= BLOCK_BYTES) {
      yield { bytes, isLast: false };
      bytes = [];
      size = 0;
    }
  }
  yield { bytes, isLast: true };
}

/** The bytes of a text file from some place on. */
export interface TextInput {
  readonly stream: AsyncIterable<Uint8Array>;
  /** Bytes of the file before the stream; undefined where it can only be read from its beginning. */
  readonly offset: number | undefined;
}

/**
 * Reads a text file record by record; memory is bounded by the longest record allowed.
 *
 * @param resumeAt the place at which a byte offset between two records lets reading go on, if it does
 */
export async function readText(
  { stream, offset }: TextInput,
  splitter: Splitter,
  take: TakeRecord,
  sink: RecordSink,
  resumeAt: (offset: number) => ResumePoint | undefined = (at) => ({ offset: at }),
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  let isStart = !offset;
  let dealtWith = offset ?? 0;
  for await (const { bytes, isLast } of blocks(stream)) {
    let block = Buffer.concat([rest, ...bytes]);
    if (isStart && block.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)) {
      block = block.subarray(BYTE_ORDER_MARK.length);
      dealtWith += BYTE_ORDER_MARK.length;
    }
    isStart = false;
    const used = splitter.split(block, isLast, decoded(block, take, sink));
    rest = block.subarray(used);
    dealtWith += used;
    await sink.drain(offset === undefined || !splitter.isBetweenRecords ? undefined : resumeAt(dealtWith));
  }
}
