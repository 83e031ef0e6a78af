import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { parseS3Uri } from '../../../common/s3-uri.ts';
import type { NamedType } from '../../../engine/dialect/translate/context.ts';
import { columnInfo } from './columns.ts';
import { csvLine, textLine } from './csv.ts';
import type { StoredResult, TextRow } from './stored-result.ts';

export interface ResultTarget {
  readonly s3: S3Client;
  /** Folder for the rows that pages are read from. */
  readonly directory: string;
  /** Object of the result: `s3://bucket/prefix/<id>.csv`, or `.txt` for statements without a header. */
  readonly location: string;
  readonly id: string;
}

/** Takes a result row by row: to the local disk for paging, and as Athena's result object to S3 at the end. */
export class ResultWriter {
  readonly #target: ResultTarget;
  readonly #rows: WriteStream;
  readonly #object: WriteStream;
  #columns: readonly NamedType[] = [];

  constructor(target: ResultTarget) {
    this.#target = target;
    this.#rows = createWriteStream(this.#path('rows'));
    this.#object = createWriteStream(this.#path('object'));
  }

  async begin(columns: readonly NamedType[]): Promise<void> {
    this.#columns = columns;
    if (this.#hasHeader) await this.write([columns.map(({ name }) => name)]);
  }

  /** Returns when the rows are on their way to the disk, so that a fast query does not fill the memory. */
  async write(rows: readonly TextRow[]): Promise<void> {
    const line = this.#hasHeader ? csvLine : textLine;
    await Promise.all([
      writeOut(this.#rows, rows.map((row) => `${JSON.stringify(row)}\n`).join('')),
      writeOut(this.#object, rows.map(line).join('')),
    ]);
  }

  /** Puts the result and its description where Athena puts them. */
  async finish(): Promise<StoredResult> {
    await this.#close();
    const { s3, location } = this.#target;
    const { bucket, key } = parseS3Uri(location);
    const { size } = await stat(this.#path('object'));
    const body = size === 0 ? '' : createReadStream(this.#path('object'));
    const contentType = this.#hasHeader ? 'text/csv' : 'text/plain';
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentLength: size, ContentType: contentType }),
    );
    const description = JSON.stringify({ ColumnInfo: this.#columns.map(columnInfo) });
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${key}.metadata`, Body: description }));
    await rm(this.#path('object'));
    return { columns: this.#columns, file: this.#path('rows') };
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#close();
    await Promise.all(['rows', 'object'].map((kind) => rm(this.#path(kind), { force: true })));
  }

  get #hasHeader(): boolean {
    return this.#target.location.endsWith('.csv');
  }

  #path(kind: string): string {
    return join(this.#target.directory, `${this.#target.id}.${kind}`);
  }

  async #close(): Promise<void> {
    this.#rows.end();
    this.#object.end();
    await Promise.all([finished(this.#rows), finished(this.#object)]);
  }
}

async function writeOut(stream: WriteStream, text: string): Promise<void> {
  if (text === '' || stream.write(text)) return;
  await once(stream, 'drain');
}
