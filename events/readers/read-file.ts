import { readCsv } from './csv.ts';
import { checkFormat, checkPacking, type FileKind, fileKind, HEAD_BYTES } from './file-format.ts';
import { gunzipped, withUnpackedFile } from './gzip.ts';
import { readJsonArray, readNdjson } from './json.ts';
import { type RandomAccess, readParquet } from './parquet.ts';
import type { RecordSink, ResumePoint } from './sink.ts';
import type { TextInput } from './text.ts';
import { readExcel } from './xlsx/read-excel.ts';

/** A file to read, once through or at random. */
export interface SourceFile extends RandomAccess {
  /** Landing key or file name; its ending tells the format. */
  readonly name: string;
  /** Name of the source, which may be that of a sheet. */
  readonly source: string;
  /** The bytes from `start` on. */
  stream(start: number): Promise<AsyncIterable<Uint8Array>>;
}

/**
 * Reads any supported file into the sink. Throws a `FileRefusal` when it cannot be taken in at all.
 *
 * @param from a place that an earlier reading of the same file has told its sink
 */
export async function readFile(file: SourceFile, sink: RecordSink, from?: ResumePoint): Promise<void> {
  const kind = fileKind(file.name);
  checkPacking(kind, await headOf(file));
  if (kind.format !== 'parquet' && kind.format !== 'xlsx') return readTextFile(kind, file, sink, from);
  if (!kind.isGzipped) return readPackedFile(kind, file, file.source, sink, from);
  // Both are read at random, which gzip does not allow.
  await withUnpackedFile(gunzipped(await file.stream(0)), (unpacked) =>
    readPackedFile(kind, unpacked, file.source, sink, from),
  );
}

const headOf = async (file: RandomAccess): Promise<Buffer> =>
  Buffer.from(file.bytes === 0 ? new ArrayBuffer(0) : await file.read(0, Math.min(HEAD_BYTES, file.bytes)));

async function readTextFile(
  kind: FileKind,
  file: SourceFile,
  sink: RecordSink,
  from: ResumePoint | undefined,
): Promise<void> {
  if (!kind.isGzipped) checkFormat(kind, await headOf(file));
  const offset = kind.isGzipped ? undefined : (from?.offset ?? 0);
  const bytes = await file.stream(offset ?? 0);
  const input: TextInput = { stream: kind.isGzipped ? gunzipped(bytes) : bytes, offset };
  if (kind.format === 'csv') await readCsv(input, sink, kind.delimiter, from);
  else if (kind.format === 'json') await readJsonArray(input, sink, from);
  else await readNdjson(input, sink);
}

/** Formats that pack their contents themselves and begin with what tells so. */
async function readPackedFile(
  kind: FileKind,
  file: RandomAccess,
  source: string,
  sink: RecordSink,
  from: ResumePoint | undefined,
): Promise<void> {
  checkFormat(kind, await headOf(file));
  if (kind.format === 'parquet') await readParquet(file, sink, from);
  else await readExcel(file, source, sink);
}
