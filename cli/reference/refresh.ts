import { readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { asError, TributaryError } from '../../common/errors.ts';
import { ratesCsv } from '../../events/reference/ecb.ts';
import { REFERENCE_FILES, referencePath, referenceText } from '../../events/reference/files.ts';
import { unreadable } from '../files.ts';

export const RATES_URL = 'https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip';

export interface RefreshOptions {
  /** A copy of the central bank's zip file to use instead of fetching it. */
  readonly file?: string;
  readonly fetch?: typeof globalThis.fetch;
  /** Where the rates are written; by default, in place of the bundled ones. */
  readonly target?: string;
}

export interface Refreshed {
  readonly rows: number;
  /** Day of the last rates. */
  readonly lastDay: string;
  readonly hasChanged: boolean;
}

/**
 * Writes the European Central Bank's whole history in place of the bundled exchange rates. Throws `rates_unavailable`
 * when it cannot be fetched, `rates_unreadable` when it is not what it should be, `unreadable_file`.
 */
export async function refreshRates(options: RefreshOptions = {}): Promise<Refreshed> {
  const { file, target = referencePath(REFERENCE_FILES.exchangeRates) } = options;
  const zip =
    file === undefined ? await download(options.fetch ?? fetch) : await readFile(file).catch(unreadable(file));
  const csv = ratesCsv(unzipped(zip));
  const before = referenceText(REFERENCE_FILES.exchangeRates);
  const lastDay = lastDayOf(csv);
  if (lastDay < lastDayOf(before)) {
    throw new TributaryError({
      code: 'rates_older',
      message: `the rates end on ${lastDay}, the bundled ones on ${lastDayOf(before)}`,
      where: file ?? RATES_URL,
    });
  }
  const hasChanged = csv !== before;
  if (hasChanged) await writeFile(target, gzipSync(csv, { level: 9 }));
  return { rows: csv.trimEnd().split('\n').length - 1, lastDay, hasChanged };
}

const lastDayOf = (csv: string): string => csv.trimEnd().split('\n').at(-1)?.slice(0, 10) ?? '';

async function download(get: typeof fetch): Promise<Uint8Array> {
  const unavailable = (message: string, cause?: unknown): TributaryError =>
    new TributaryError({
      code: 'rates_unavailable',
      message: `the exchange rates cannot be fetched: ${message}`,
      where: RATES_URL,
      advice: 'the bundled rates stay as they are; without network, give a copy of the file: --file eurofxref-hist.zip',
      cause,
    });
  const response = await get(RATES_URL, { signal: AbortSignal.timeout(60_000) }).catch((thrown: unknown) => {
    const error = asError(thrown);
    throw unavailable(error.cause === undefined ? error.message : asError(error.cause).message, thrown);
  });
  if (!response.ok) throw unavailable(`the server answers ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The one CSV file in the archive. */
function unzipped(zip: Uint8Array): string {
  let entries: Readonly<Record<string, Uint8Array>>;
  try {
    entries = unzipSync(zip, { filter: ({ name }) => name.endsWith('.csv') });
  } catch (thrown) {
    throw notTheArchive(asError(thrown).message);
  }
  const [csv] = Object.values(entries);
  if (csv === undefined) throw notTheArchive('it holds no CSV file');
  return new TextDecoder().decode(csv);
}

const notTheArchive = (message: string): TributaryError =>
  new TributaryError({
    code: 'rates_unreadable',
    message: `the central bank's archive cannot be unpacked: ${message}`,
    advice: 'the bundled rates stay as they are',
  });
