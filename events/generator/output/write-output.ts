import { Worker } from 'node:worker_threads';
import { asError, TributaryError } from '../../../common/errors.ts';
import { contractOf, contracts } from '../../contracts/index.ts';
import { beginOutput, endOutput } from './folder.ts';
import { type Manifest, type ManifestPart, mergeParts, type OutputOptions } from './manifest.ts';
import type { PartMessage } from './part-message.ts';
import type { PartOptions } from './write-part.ts';

/** Days that are written, of all. */
export type OnDays = (written: number, days: number) => void;

/** Sources of the clickstream and of stock are about half of the work; one stream's events are written by one thread. */
const OTHER_HALF: readonly string[] = ['clickstream-events', 'operations-events'];

/** Records live for a moment only: with room for them, few are taken for old ones. */
const YOUNG_MIB = 32;

/**
 * Writes a whole output. Two threads make the same records and write half of the sources each, which is faster than
 * handing records from one to the other. Throws `foreign_folder`.
 */
export async function writeOutput(
  folder: string,
  options: OutputOptions,
  onDays: OnDays = () => {},
): Promise<Manifest> {
  await beginOutput(folder);
  const wanted = contracts.map(({ source }) => source).filter((one) => isWanted(one, options));
  const half = wanted.filter((source) => OTHER_HALF.includes(contractOf(source)?.transport.stream?.stream ?? ''));
  const rest = wanted.filter((source) => !half.includes(source));
  const written = [0, 0];
  const onDay = (part: number) => () => {
    written[part] = (written[part] ?? 0) + 1;
    onDays(Math.min(...written) - 1, options.days);
  };
  const threads = [
    startThread({ folder, options, sources: half, writesTruth: false, onDay: onDay(0) }),
    startThread({ folder, options, sources: rest, writesTruth: true, onDay: onDay(1) }),
  ];
  try {
    const parts = await Promise.all(threads.map(({ part }) => part));
    const manifest = mergeParts(options, parts);
    await endOutput(folder, manifest);
    return manifest;
  } finally {
    // Where one has failed, the other need not go on.
    for (const { worker } of threads) await worker.terminate();
  }
}

const isWanted = (source: string, { sources }: OutputOptions): boolean =>
  sources.length === 0 || sources.includes(source);

function startThread({ onDay, ...options }: PartOptions) {
  const worker = new Worker(new URL('./part.worker.ts', import.meta.url), {
    workerData: options,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
  });
  const part = new Promise<ManifestPart>((resolve, reject) => {
    worker.on('message', (message: PartMessage) => {
      if ('day' in message) onDay?.(message.day);
      else if ('part' in message) resolve(message.part);
      else reject(new TributaryError(message.error));
    });
    worker.on('error', (thrown) => reject(asError(thrown)));
    worker.on('exit', (code) => reject(new Error(`the thread that writes has ended with ${code}`)));
  });
  return { worker, part };
}
