import type { EngineAdapter, InputFile } from '../adapters/adapter.ts';

import type { RemoteEngine } from '../adapters/remote.ts';
import type { Catalog, FileIo, FileListing } from '../iceberg/index.ts';

import type { Manifest, SourceTable } from '../manifest.ts';
import type { EngineName } from '../model.ts';
import type { BuildRecord } from '../run.ts';
import type { PublishedView, ViewDefinition } from '../view.ts';
import type { Outcome } from './outcome.ts';

/** Objects below a source's prefix, as they are listed now. */
export interface SourceListing {
  list(source: SourceTable): Promise<readonly InputFile[]>;
}

/** The right to write a table, held by one run at a time. */
export interface Leases {
  /** Who holds the table instead, or undefined when `holder` has it now. A holder's own lease is renewed. */
  acquire(table: string, holder: string, seconds: number): Promise<{ readonly heldBy: string } | undefined>;
  release(table: string, holder: string): Promise<void>;
}

/** What a run leaves behind while it goes on. */
export interface RunJournal {
  read(runId: string, model: string): Promise<BuildRecord | undefined>;
  write(record: BuildRecord): Promise<void>;
  /** An OpenLineage event of a build. */
  writeLineage(record: BuildRecord, event: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Versions of inputs that a build keeps to, whatever is published or delivered while it goes on. */
export interface PinnedInputs {
  /** Metadata files of tables, by name. */
  readonly tables: Readonly<Record<string, string>>;
  /** Objects of sources, by name. */
  readonly sources: Readonly<Record<string, readonly InputFile[]>>;
}

/** A build that has started something in engines outside this process. */
export interface UnfinishedBuild {
  readonly runId: string;
  readonly model: string;
  /** ISO 8601; of the first call. */
  readonly startedAt: string;
  readonly inputs: PinnedInputs;
  /** What it has started, by engine. */
  readonly tokens: Readonly<Partial<Record<EngineName, string>>>;
  /** What it has come to already, where only the audit of all rows goes on. */
  readonly done?: Outcome;
}

/** Unfinished builds, at most one per model. */
export interface UnfinishedBuilds {
  read(model: string): Promise<UnfinishedBuild | undefined>;
  write(build: UnfinishedBuild): Promise<void>;
  delete(model: string): Promise<void>;
  /** Models that have one. */
  list(): Promise<readonly string[]>;
}

/** Views in the catalog. */
export interface ViewCatalog {
  get(database: string, name: string): Promise<PublishedView | undefined>;
  /** Creates or replaces. */
  put(view: ViewDefinition): Promise<void>;
}

export interface BuildSettings {
  /** Bucket names by layer and use. */
  readonly buckets: Readonly<Record<'silver' | 'gold' | 'bronze' | 'quarantine' | 'operations', string>>;
  /** Engine to use whatever the size of the inputs. */
  readonly engine: EngineName | undefined;
  readonly thresholds: EngineThresholds;
  /**
   * Versions of a table that stay readable: all of the last `days`, and at least the newest few. Files that no version
   * uses stay for `orphanDays`, which no build may last.
   */
  readonly retention: { readonly days: number; readonly versions: number; readonly orphanDays: number };
  /** Rows that tables must have at least, by name, whatever their row_count checks say. */
  readonly rowMinima: Readonly<Record<string, number>>;
  /** How long a call of a build may hold its table before another run may take it for dead. */
  readonly leaseSeconds: number;
  /** How long a build may take, in however many calls. */
  readonly buildSeconds: number;
}

/** Up to which size of its inputs, in bytes, a model is built by an engine. */
export interface EngineThresholds {
  readonly duckdb: number;
  readonly athena: number;
}

/** Engines by name; DuckDB is always there. */
export type Adapters = Readonly<Record<'duckdb', EngineAdapter> & Partial<Record<EngineName, EngineAdapter>>>;

/** Everything that a build touches. */
export interface BuildDeps {
  readonly manifest: Manifest;
  readonly catalog: Catalog;
  readonly io: FileIo;
  readonly listing: FileListing;
  readonly views: ViewCatalog;
  readonly sources: SourceListing;
  readonly adapters: Adapters;
  /** Engines outside this process, opened for each build. */
  readonly remoteEngines: readonly RemoteEngine[];
  readonly unfinished: UnfinishedBuilds;
  /** When this call has to leave alone what an engine still works on; without, it waits for the end. */
  readonly deadline?: Date;
  readonly leases: Leases;
  readonly journal: RunJournal;
  readonly settings: BuildSettings;
  readonly now: () => Date;
}
