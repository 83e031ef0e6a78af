import type { StreamName } from '../../events/contracts/contract.ts';
import type { StreamRecord } from '../../events/producer/index.ts';
import type { ExpectedCounts } from '../load/ingested.ts';
import type { OnProgress } from '../ui.ts';

export const DATASET_NAMES = ['synthetic', 'complete-journey'] as const;
export type DatasetName = (typeof DATASET_NAMES)[number];

/** Files and events to load, and the counts that must come out. */
export interface Dataset {
  readonly name: DatasetName;
  /** Day that runs over it are as of, `yyyy-mm-dd`. */
  readonly asOf: string;
  /** Changes with the data and with the rules that turn it into sources. */
  content(onProgress: OnProgress): Promise<string>;
  prepare(onProgress: OnProgress): Promise<PreparedDataset>;
}

export interface PreparedDataset {
  readonly files: readonly DatasetFile[];
  /** One of each stream at most. */
  readonly events: readonly EventSequence[];
  /** By source. */
  readonly expectedEvents: Readonly<Record<string, ExpectedCounts>>;
  /** Removes what was only needed for loading. */
  release(): Promise<void>;
}

export interface DatasetFile {
  /** In the landing bucket: `<source>/<name>`. */
  readonly key: string;
  open(): Promise<OpenedFile>;
}

export interface OpenedFile {
  readonly path: string;
  readonly rows: number;
  /** How many of the rows must be refused, where that is known. */
  readonly quarantined?: number;
  /** Removes a file that was only made for loading. */
  release(): Promise<void>;
}

/** Events of a stream in the order in which they are sent, the same each time. */
export interface EventSequence {
  readonly stream: StreamName;
  /** From the event with that index on. */
  records(from: number): AsyncIterable<StreamRecord>;
}
