import { join } from 'node:path';
import { TributaryError } from '../../../common/errors.ts';
import type { Contract } from '../../contracts/contract.ts';
import type { Handover } from '../emission.ts';
import { ExcelFile } from './excel-file.ts';
import { Judge, type JudgedRecord } from './judge.ts';
import { type FileLayout, landingPath, layoutOf, periodOf } from './layout.ts';
import type { LandingEntry } from './manifest.ts';
import { OutputFile, type WrittenBytes } from './output-file.ts';
import { TextParquetFile, TypedParquetFile } from './parquet-file.ts';
import { type RecordFile, TextRecordFile } from './record-file.ts';
import type { Tally } from './tally.ts';
import { CSV, JSON_ARRAY, NDJSON, TSV } from './text-format.ts';

/** A period's file is continued in another one at this size: Parquet and records aside are held in memory. */
const MOST_RECORDS = 200_000;
const MOST_ASIDE = 10_000;
/** Accepted rows of a Parquet row group; of other formats they are only added up. */
const CAPACITY = { parquet: 16_384, other: 1_024 } as const;

/** A file under way, and what it holds so far. */
interface OpenFile {
  readonly path: string;
  readonly period: string;
  readonly records: RecordFile | undefined;
  readonly parquet: TypedParquetFile | undefined;
  received: number;
  quarantined: number;
}

/** Records that need a file of their own, for the columns they have in common. */
type Aside = JudgedRecord[];

/** Writes the landing files of one source. */
export class SourceFiles {
  readonly #contract: Contract;
  readonly #folder: string;
  readonly #layout: FileLayout;
  readonly #judge: Judge;
  readonly #entries: LandingEntry[] = [];
  readonly #parts = new Map<string, number>();
  readonly #aside = new Map<string, Aside>();
  #open: OpenFile | undefined;

  constructor(contract: Contract, folder: string, tally: Tally) {
    this.#contract = contract;
    this.#folder = folder;
    this.#layout = layoutOf(contract.source);
    const capacity = this.#isParquet ? CAPACITY.parquet : CAPACITY.other;
    this.#judge = new Judge(contract, tally, capacity, (rows) => this.#open?.parquet?.add(rows));
  }

  async write(handover: Handover): Promise<void> {
    if (handover.records.length === 0) return;
    const period = periodOf(handover.source, handover.day);
    if (this.#open?.period !== period) await this.#finishOpen();
    for (const judged of this.#judge.judge(handover)) {
      await (this.#belongsAside(judged) ? this.#putAside(judged) : this.#add(judged, period));
    }
    await this.#open?.records?.drain();
  }

  async finish(): Promise<readonly LandingEntry[]> {
    await this.#finishOpen();
    for (const records of this.#aside.values()) await this.#writeAside(records);
    this.#judge.flush();
    return this.#entries;
  }

  async #add({ record, values, isAccepted }: JudgedRecord, period: string): Promise<void> {
    this.#open ??= await this.#create(period, Object.keys(record));
    this.#open.records?.add(record, values);
    this.#open.received++;
    if (!isAccepted) this.#open.quarantined++;
    if (this.#open.received === MOST_RECORDS) await this.#finishOpen();
  }

  get #isParquet(): boolean {
    return this.#layout.format === 'parquet';
  }

  /** JSON takes whatever comes. Files with a header take no other columns, and Parquet no values of other types. */
  #belongsAside({ isExtended, isAccepted }: JudgedRecord): boolean {
    const { format } = this.#layout;
    return format === 'json' || format === 'ndjson' ? false : isExtended || (this.#isParquet && !isAccepted);
  }

  async #putAside(judged: JudgedRecord): Promise<void> {
    const columns = Object.keys(judged.record).join('\n');
    const records = this.#aside.get(columns) ?? [];
    this.#aside.set(columns, records);
    records.push(judged);
    if (records.length < MOST_ASIDE) return;
    await this.#writeAside(records);
    this.#aside.delete(columns);
  }

  async #writeAside(records: Aside): Promise<void> {
    const [first] = records;
    if (first === undefined) return;
    const columns = Object.keys(first.record);
    const { path, file } = await this.#outputFile('aside');
    const out = this.#isParquet ? new TextParquetFile(file, columns) : this.#recordFile(file, columns);
    for (const { record, values } of records) out.add(record, values);
    const quarantined = records.filter(({ isAccepted }) => !isAccepted).length;
    this.#enter({ path, received: records.length, quarantined }, await out.finish());
  }

  async #create(period: string, columns: readonly string[]): Promise<OpenFile> {
    const { path, file } = await this.#outputFile(period);
    const parquet = this.#isParquet ? new TypedParquetFile(file) : undefined;
    const records = parquet ? undefined : this.#recordFile(file, columns);
    return { path, period, records, parquet, received: 0, quarantined: 0 };
  }

  async #outputFile(period: string): Promise<{ readonly path: string; readonly file: OutputFile }> {
    const { source } = this.#contract;
    const part = (this.#parts.get(period) ?? 0) + 1;
    this.#parts.set(period, part);
    const path = landingPath(source, period, part);
    return { path, file: await OutputFile.create(join(this.#folder, path), this.#layout) };
  }

  #recordFile(file: OutputFile, columns: readonly string[]): RecordFile {
    const { source } = this.#contract;
    const { format, headers } = this.#layout;
    const names = columns.map((name) => headers[name] ?? name);
    switch (format) {
      case 'csv':
        return new TextRecordFile(file, CSV, names);
      case 'tsv':
        return new TextRecordFile(file, TSV, names);
      case 'json':
        return new TextRecordFile(file, JSON_ARRAY, names);
      case 'ndjson':
        return new TextRecordFile(file, NDJSON, names);
      case 'xlsx':
        return new ExcelFile(file, source, names);
      case 'parquet':
        throw new TributaryError({ code: 'no_text_format', message: 'Parquet is not written as text', where: source });
    }
  }

  async #finishOpen(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    this.#judge.flush();
    this.#open = undefined;
    const written = await (open.parquet ?? open.records)?.finish();
    if (written) this.#enter(open, written);
  }

  #enter({ path, received, quarantined }: Pick<OpenFile, 'path' | 'received' | 'quarantined'>, written: WrittenBytes) {
    const { source } = this.#contract;
    this.#entries.push({ source, path, received, accepted: received - quarantined, quarantined, ...written });
  }
}
