import type { FileFormat } from '../contracts/contract.ts';
import { FileRefusal } from './refusal.ts';

/** How to read a file. */
export interface FileKind {
  readonly format: Exclude<FileFormat, 'xlsx'>;
  readonly isGzipped: boolean;
}

const PARQUET_MAGIC = 'PAR1';
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
/** Bytes that `fileKind` needs of a file's beginning. */
export const HEAD_BYTES = 4;

const FORMATS: Readonly<Record<string, FileKind['format']>> = {
  csv: 'csv',
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  parquet: 'parquet',
};

/**
 * Tells what a file is by its name, and checks that its first bytes agree.
 *
 * @param name the landing key or file name
 * @param head the first `HEAD_BYTES` bytes, or all of a shorter file
 */
export function fileKind(name: string, head: Uint8Array): FileKind {
  if (head.length === 0) throw new FileRefusal('empty_file', 'the file is empty');
  const isGzipped = name.toLowerCase().endsWith('.gz');
  const extension = (isGzipped ? name.slice(0, -3) : name).toLowerCase().split('.').at(-1) ?? '';
  const format = name.includes('.') ? FORMATS[extension] : undefined;
  if (format === undefined || (isGzipped && format === 'parquet')) {
    const known = Object.keys(FORMATS).join(', ');
    throw new FileRefusal(
      'unknown_file_type',
      `the file's name must end in one of ${known} (text formats also with .gz)`,
    );
  }
  checkMagic(format, isGzipped, Buffer.from(head));
  return { format, isGzipped };
}

function checkMagic(format: FileFormat, isGzipped: boolean, head: Buffer): void {
  if (isGzipped && !head.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC)) {
    throw new FileRefusal('unreadable_gzip', 'the file is named .gz, but does not begin as gzip files do');
  }
  const isParquet = head.toString('latin1') === PARQUET_MAGIC;
  if (format === 'parquet' && !isParquet) {
    throw new FileRefusal('unreadable_parquet', 'the file is named .parquet, but does not begin as Parquet files do');
  }
  if (format !== 'parquet' && isParquet) {
    throw new FileRefusal('unknown_file_type', `the file is named .${format}, but holds Parquet`);
  }
}
