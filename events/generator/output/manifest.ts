import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GeneratorOptions } from '../emission.ts';

/** received = accepted + quarantined. */
export interface Counts {
  readonly received: number;
  readonly accepted: number;
  readonly quarantined: number;
}

/** Sums of the accepted records' money, by field and currency (empty where the source names none), as exact text. */
export type Sums = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface OutputEntry {
  /** Below the output folder. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface LandingEntry extends OutputEntry, Counts {
  readonly source: string;
}

/** CloudEvents of one stream and day, one a line. Their ids are distinct. */
export interface EventsEntry extends OutputEntry {
  readonly stream: string;
  readonly day: string;
  readonly sources: Readonly<Record<string, Counts>>;
}

export interface TruthEntry extends OutputEntry {
  readonly table: string;
  readonly rows: number;
}

/** All that a source sends, in files and as events. */
export interface SourceTotals extends Counts {
  /** How many of the accepted records repeat another: the same key in the same version. */
  readonly duplicates: number;
  /** How many of the received records are events. */
  readonly events: number;
  readonly sums: Sums;
}

/** Version of the output's form. */
export const MANIFEST_VERSION = 1;

/** What an output holds and what becomes of it; written last, so that an output without it is not whole. */
export interface Manifest {
  readonly version: typeof MANIFEST_VERSION;
  readonly options: OutputOptions;
  readonly sources: Readonly<Record<string, SourceTotals>>;
  /** Defects that the generator has put in, by kind. */
  readonly defects: Readonly<Record<string, number>>;
  readonly landing: readonly LandingEntry[];
  readonly events: readonly EventsEntry[];
  readonly truth: readonly TruthEntry[];
}

export interface OutputOptions extends GeneratorOptions {
  /** The last days, of which sources with a stream send events. */
  readonly streamDays: number;
  /** Sources that are written; all when empty. */
  readonly sources: readonly string[];
}

export const MANIFEST_FILE = 'manifest.json';

/** The manifest of a whole output; undefined where there is none. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const text = await readFile(join(folder, MANIFEST_FILE), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Manifest);
}

const byName = <T>(all: readonly Readonly<Record<string, T>>[]): Record<string, T> =>
  Object.fromEntries(all.flatMap(Object.entries<T>).sort(([a], [b]) => (a < b ? -1 : 1)));

const byPath = <T extends OutputEntry>(entries: readonly T[]): readonly T[] =>
  [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));

export type ManifestPart = Omit<Manifest, 'version' | 'options'>;

/** The manifest of an output whose sources and truth were written by parts. */
export function mergeParts(options: OutputOptions, parts: readonly ManifestPart[]): Manifest {
  return {
    version: MANIFEST_VERSION,
    options,
    sources: byName(parts.map(({ sources }) => sources)),
    defects: byName(parts.map(({ defects }) => defects)),
    landing: byPath(parts.flatMap(({ landing }) => landing)),
    events: byPath(parts.flatMap(({ events }) => events)),
    truth: byPath(parts.flatMap(({ truth }) => truth)),
  };
}
