import { join } from 'node:path';
import type { Truth } from '../emission.ts';
import type { TruthEntry } from './manifest.ts';
import { OutputFile } from './output-file.ts';

/** Writes what really happened, a file per table, and counts the defects by kind. */
export class TruthFiles {
  readonly #folder: string;
  readonly #files = new Map<string, { readonly path: string; readonly file: OutputFile; rows: number }>();
  readonly #defects = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  get defects(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#defects].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  async write({ table, rows }: Truth): Promise<void> {
    const path = `truth/${table}.ndjson`;
    const open = this.#files.get(table) ?? { path, file: await OutputFile.create(join(this.#folder, path)), rows: 0 };
    this.#files.set(table, open);
    for (const row of rows) {
      open.file.text(`${JSON.stringify(row)}\n`);
      if (table === 'defects') this.#countDefect(String(row.defect));
    }
    open.rows += rows.length;
    await open.file.drain();
  }

  async finish(): Promise<readonly TruthEntry[]> {
    const entries: TruthEntry[] = [];
    for (const [table, { path, file, rows }] of this.#files) {
      entries.push({ table, path, rows, ...(await file.finish()) });
    }
    return entries;
  }

  #countDefect(defect: string): void {
    this.#defects.set(defect, (this.#defects.get(defect) ?? 0) + 1);
  }
}
