import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { contractByEventType } from '../../events/contracts/index.ts';
import { LONGEST_KEY } from '../../events/producer/event.ts';
import type { StreamRecord } from '../../events/producer/index.ts';
import { isJsonRecord, parseRecord } from '../../events/readers/json.ts';

/** The lines of text files, one file after the other, that are not empty. */
export async function* linesOf(paths: readonly string[]): AsyncGenerator<string> {
  for (const path of paths) {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line !== '') yield line;
    }
  }
}

/** A CloudEvent as it is, under the key of what it is about; those of which nobody can tell share a key. */
export function recordOfLine(line: string): StreamRecord {
  const parsed = parseRecord(line);
  const event = 'record' in parsed ? parsed.record : undefined;
  const contract = typeof event?.type === 'string' ? contractByEventType(event.type) : undefined;
  const data = isJsonRecord(event?.data) ? event.data : undefined;
  const key = contract?.key.map((name) => data?.[name] ?? '').join('/') || String(event?.id ?? '-');
  return { partitionKey: key.slice(0, LONGEST_KEY), data: Buffer.from(line) };
}
