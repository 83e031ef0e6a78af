import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { asError } from '../../common/errors.ts';
import { readCsv } from './csv.ts';
import { fileKind, HEAD_BYTES } from './file-format.ts';
import { readJsonArray, readNdjson } from './json.ts';
import { type RandomAccess, readParquet } from './parquet.ts';
import { FileRefusal } from './refusal.ts';
import type { RecordSink } from './sink.ts';

/** A file to read, once through or at random. */
export interface SourceFile extends RandomAccess {
  readonly name: string;
  stream(): Promise<AsyncIterable<Uint8Array>>;
}

const textReaders = { csv: readCsv, json: readJsonArray, ndjson: readNdjson } as const;

/** Reads any supported file into the sink. Throws a `FileRefusal` when it cannot be taken in at all. */
export async function readFile(file: SourceFile, sink: RecordSink): Promise<void> {
  const head = file.bytes === 0 ? new ArrayBuffer(0) : await file.read(0, Math.min(HEAD_BYTES, file.bytes));
  const { format, isGzipped } = fileKind(file.name, new Uint8Array(head));
  if (format === 'parquet') return readParquet(file, sink);
  const bytes = await file.stream();
  await textReaders[format](isGzipped ? gunzipped(bytes) : bytes, sink);
}

/** The unpacked bytes. Failures of the packed stream go on as they are; bytes that are no gzip refuse the file. */
async function* gunzipped(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const source = Readable.from(packed);
  source.on('error', (error) => gunzip.destroy(error));
  try {
    yield* source.pipe(gunzip);
  } catch (thrown) {
    if (source.errored) throw source.errored;
    throw new FileRefusal('unreadable_gzip', `the file cannot be unpacked: ${asError(thrown).message}`, thrown);
  }
}
