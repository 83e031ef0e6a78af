import { readFile as readBytes } from 'node:fs/promises';
import { join } from 'node:path';
import { TributaryError } from '../../../common/errors.ts';
import { contractOf } from '../../../events/contracts/index.ts';
import { readFile } from '../../../events/readers/read-file.ts';
import type { RecordSink } from '../../../events/readers/sink.ts';
import { columnLayout, type JsonRecord, objectLayout } from '../../../events/validator/layout.ts';
import { RowBatch } from '../../../events/validator/row-batch.ts';

export interface ReadLanding {
  readonly accepted: readonly JsonRecord[];
  readonly quarantined: number;
  /** Accepted rows with unknown columns. */
  readonly extended: number;
}

/** A landing file read as ingestion reads it. */
export async function readLanding(folder: string, path: string, source: string): Promise<ReadLanding> {
  const bytes = await readBytes(join(folder, path));
  const sink = new Sink(source);
  const file = {
    name: path,
    source,
    bytes: bytes.length,
    read: async (start: number, end: number) => new Uint8Array(bytes.subarray(start, end)).buffer,
    stream: async (start: number) =>
      (async function* () {
        yield bytes.subarray(start);
      })(),
  };
  await readFile(file, sink);
  return sink.result();
}

class Sink implements RecordSink {
  readonly #rows: RowBatch;
  readonly #contract;
  #layout;
  #quarantined = 0;
  #extended = 0;

  constructor(source: string) {
    const contract = contractOf(source);
    if (contract === undefined) throw new TributaryError({ code: 'unknown_source', message: source });
    this.#contract = contract;
    this.#rows = new RowBatch(contract, 500_000);
    this.#layout = columnLayout(contract, []);
  }

  columns(names: readonly string[]): void {
    this.#layout = columnLayout(this.#contract, names);
  }

  row(values: readonly unknown[]): void {
    this.#push(this.#layout.values(values), this.#layout.extra(values));
  }

  object(record: JsonRecord): void {
    const layout = objectLayout(this.#contract);
    this.#push(layout.values(record), layout.extra(record));
  }

  refuse(): void {
    this.#quarantined++;
  }

  async drain(): Promise<void> {}

  result(): ReadLanding {
    return { accepted: this.#rows.rows(), quarantined: this.#quarantined, extended: this.#extended };
  }

  #push(values: readonly unknown[], extra: string | null): void {
    const isAccepted = this.#rows.push(values).length === 0;
    if (!isAccepted) this.#quarantined++;
    else if (extra !== null) this.#extended++;
  }
}
