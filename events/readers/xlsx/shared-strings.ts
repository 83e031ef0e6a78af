import { FileRefusal } from '../refusal.ts';
import { cellText } from './cell-text.ts';
import { readXml } from './xml.ts';

/** They are held in memory, for any cell may refer to any of them. */
const MAX_BYTES = 384 * 1024 ** 2;
/** What a text costs beside its characters. */
const OVERHEAD_BYTES = 40;

/** The texts that cells refer to by number. Throws a `FileRefusal` when they are too many to hold. */
export async function readSharedStrings(bytes: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const strings: string[] = [];
  let size = 0;
  const text = cellText();
  await readXml(bytes, {
    open: (name) => {
      if (name === 'si') text.clear();
      text.open(name);
    },
    text: (piece) => text.add(piece),
    close: (name) => {
      text.close(name);
      if (name !== 'si') return;
      const value = text.value();
      size += OVERHEAD_BYTES + 2 * value.length;
      if (size > MAX_BYTES) {
        const message = 'the workbook has over 384 MiB of shared texts: split it, or land it as CSV';
        throw new FileRefusal('file_too_large', message);
      }
      strings.push(value);
    },
  });
  return strings;
}
