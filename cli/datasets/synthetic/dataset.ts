import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  type Counts,
  MANIFEST_FILE,
  type Manifest,
  type OutputOptions,
  readManifest,
} from '../../../events/generator/output/manifest.ts';
import { writeOutput } from '../../../events/generator/output/write-output.ts';
import { hashOfFiles } from '../../../localstack/source-hash.ts';
import { PROJECT_ROOT } from '../../../localstack/stack.ts';
import { landingKey } from '../../load/upload.ts';
import type { OnProgress } from '../../ui.ts';
import type { Dataset, EventSequence, PreparedDataset } from '../dataset.ts';
import { linesOf, recordOfLine } from '../event-lines.ts';
import { addDays } from './options.ts';

export interface SyntheticOptions {
  readonly options: OutputOptions;
  /** Keeps outputs between loads. */
  readonly cacheDirectory: string;
}

/** What decides on the bytes of an output, beside its options. */
const CODE = [
  'events/generator',
  'events/contracts',
  'events/reference',
  'events/validator',
  'events/intake/parquet.ts',
];
/** Outputs that are kept. */
const MOST_KEPT = 2;

/** The synthetic retailer; what was generated once is kept. */
export function synthetic({ options, cacheDirectory }: SyntheticOptions): Dataset {
  return {
    name: 'synthetic',
    asOf: addDays(options.firstDay, options.days),
    content: async (onProgress) => {
      const { folder } = await generated(options, cacheDirectory, onProgress);
      return createHash('sha256')
        .update(await readFile(join(folder, MANIFEST_FILE)))
        .digest('hex');
    },
    prepare: async (onProgress) => {
      const { folder, manifest } = await generated(options, cacheDirectory, onProgress);
      return preparedOutput(folder, manifest);
    },
  };
}

interface Output {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The output of these options and of this code, made if need be. */
async function generated(options: OutputOptions, cacheDirectory: string, onProgress: OnProgress): Promise<Output> {
  const code = await hashOfFiles(PROJECT_ROOT, CODE);
  const hash = createHash('sha256').update(code).update(JSON.stringify(options)).digest('hex');
  const folder = join(cacheDirectory, `synthetic-${hash.slice(0, 16)}`);
  const known = await readManifest(folder);
  if (known !== undefined) return { folder, manifest: known };
  await mkdir(cacheDirectory, { recursive: true });
  const manifest = await writeOutput(folder, options, (written, days) =>
    onProgress(`generated ${written} of ${days} days`),
  );
  await forgetOldest(cacheDirectory, basename(folder));
  return { folder, manifest };
}

async function forgetOldest(cacheDirectory: string, current: string): Promise<void> {
  const names = (await readdir(cacheDirectory)).filter((name) => name.startsWith('synthetic-') && name !== current);
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(cacheDirectory, name))).mtimeMs })),
  );
  const old = aged.sort((a, b) => b.at - a.at).slice(MOST_KEPT - 1);
  for (const { name } of old) await rm(join(cacheDirectory, name), { recursive: true, force: true });
}

/** An output that lies on disk, to be loaded. */
export function preparedOutput(folder: string, { landing, events }: Manifest): PreparedDataset {
  const streams = Map.groupBy(events, ({ stream }) => stream);
  return {
    files: landing.map(({ path, source, received, quarantined }) => ({
      key: landingKey(source, basename(path)),
      open: async () => ({ path: join(folder, path), rows: received, quarantined, release: async () => {} }),
    })),
    events: [...streams].map(([stream, entries]) =>
      sequenceOf(
        stream as EventSequence['stream'],
        entries.map(({ path }) => join(folder, path)),
      ),
    ),
    expectedEvents: sumBySource(events.flatMap(({ sources }) => Object.entries(sources))),
    release: async () => {},
  };
}

const sequenceOf = (stream: EventSequence['stream'], paths: readonly string[]): EventSequence => ({
  stream,
  records: async function* (from) {
    let index = 0;
    for await (const line of linesOf(paths)) {
      if (index++ >= from) yield recordOfLine(line);
    }
  },
});

function sumBySource(entries: readonly (readonly [string, Counts])[]): Record<string, Counts> {
  const sums: Record<string, Counts> = {};
  for (const [source, { received, accepted, quarantined }] of entries) {
    const before = sums[source] ?? { received: 0, accepted: 0, quarantined: 0 };
    sums[source] = {
      received: before.received + received,
      accepted: before.accepted + accepted,
      quarantined: before.quarantined + quarantined,
    };
  }
  return sums;
}
