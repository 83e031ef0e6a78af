import type { FileFormat } from '../contracts/contract.ts';
import type { Delimiter } from './delimiter.ts';
import { FileRefusal } from './refusal.ts';

/** How to read a file. */
export interface FileKind {
  readonly format: FileFormat;
  /** What parts the fields of a CSV file; undefined where its header tells. */
  readonly delimiter?: Delimiter;
  readonly isGzipped: boolean;
}

/** Bytes that `fileKind` needs of a file's beginning. */
export const HEAD_BYTES = 4;

const KINDS: Readonly<Record<string, Omit<FileKind, 'isGzipped'>>> = {
  csv: { format: 'csv' },
  tsv: { format: 'csv', delimiter: '\t' },
  json: { format: 'json' },
  ndjson: { format: 'ndjson' },
  jsonl: { format: 'ndjson' },
  parquet: { format: 'parquet' },
  xlsx: { format: 'xlsx' },
};

/** How files of a kind begin; text files begin in no way of their own. */
const MAGIC = {
  gzip: Buffer.from([0x1f, 0x8b]),
  parquet: Buffer.from('PAR1'),
  xlsx: Buffer.from([0x50, 0x4b, 0x03, 0x04]),
  /** Old .xls, and any Excel file that a password protects. */
  compound: Buffer.from([0xd0, 0xcf, 0x11, 0xe0]),
} as const;

/**
 * Tells what a file is by its name.
 *
 * @param name the landing key or file name
 */
export function fileKind(name: string): FileKind {
  const lower = name.toLowerCase();
  const isGzipped = lower.endsWith('.gz');
  const extension = (isGzipped ? lower.slice(0, -3) : lower).split('.').at(-1) ?? '';
  const kind = name.includes('.') && Object.hasOwn(KINDS, extension) ? KINDS[extension] : undefined;
  if (kind === undefined) {
    const known = Object.keys(KINDS).join(', ');
    throw new FileRefusal(
      'unknown_file_type',
      `the file's name must end in one of ${known}, or in one of them and .gz`,
    );
  }
  return { ...kind, isGzipped };
}

const beginsWith = (head: Buffer, magic: Buffer): boolean => head.subarray(0, magic.length).equals(magic);

/** Throws a `FileRefusal` where a file does not begin as one that is packed in the way its name says. */
export function checkPacking({ isGzipped }: FileKind, head: Buffer): void {
  if (head.length === 0) throw new FileRefusal('empty_file', 'the file is empty');
  if (isGzipped && !beginsWith(head, MAGIC.gzip)) {
    throw new FileRefusal('unreadable_gzip', 'the file is named .gz, but does not begin as gzip files do');
  }
}

/**
 * Throws a `FileRefusal` where the unpacked bytes do not begin as the format's files do.
 *
 * @param head the first `HEAD_BYTES` bytes, or all of a shorter file
 */
export function checkFormat({ format }: FileKind, head: Buffer): void {
  if (format === 'parquet' && !beginsWith(head, MAGIC.parquet)) {
    throw new FileRefusal('unreadable_parquet', 'the file is named .parquet, but does not begin as Parquet files do');
  }
  if (format === 'xlsx' && beginsWith(head, MAGIC.compound)) {
    const message = 'the file is an old .xls, or a password protects it: save it as .xlsx without a password';
    throw new FileRefusal('unreadable_excel', message);
  }
  if (format === 'xlsx' && !beginsWith(head, MAGIC.xlsx)) {
    throw new FileRefusal('unreadable_excel', 'the file is named .xlsx, but does not begin as Excel files do');
  }
  if (format === 'parquet' || format === 'xlsx') return;
  for (const [other, magic] of Object.entries(MAGIC)) {
    if (beginsWith(head, magic)) {
      throw new FileRefusal('unknown_file_type', `the file is named as ${format}, but begins as ${other} files do`);
    }
  }
}
