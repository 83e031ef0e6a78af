import { open } from 'node:fs/promises';
import type { NamedType } from '../../../engine/dialect/translate/context.ts';

/** Values as Athena shows them. */
export type TextRow = readonly (string | null)[];

/** A finished result on the local disk, one row per line as JSON. */
export interface StoredResult {
  readonly columns: readonly NamedType[];
  readonly file: string;
}

export interface ResultPage {
  readonly rows: readonly TextRow[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: number;
}

const READ_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** Up to `limit` rows from a byte offset that an earlier page gave, without reading the rest. */
export async function readPage({ file }: StoredResult, offset: number, limit: number): Promise<ResultPage> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const lines: Buffer[] = [];
    let rest = Buffer.alloc(0);
    let position = offset;
    let consumed = offset;
    while (lines.length < limit && position < size) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, position);
      position += bytesRead;
      rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      let end = rest.indexOf(NEWLINE);
      while (end >= 0 && lines.length < limit) {
        lines.push(rest.subarray(0, end));
        consumed += end + 1;
        rest = rest.subarray(end + 1);
        end = rest.indexOf(NEWLINE);
      }
    }
    const rows = lines.map((line): TextRow => JSON.parse(line.toString('utf8')));
    return consumed < size ? { rows, next: consumed } : { rows };
  } finally {
    await handle.close();
  }
}
