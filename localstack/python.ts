import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TributaryError } from '../common/errors.ts';
import { type RunCommand, runCommand, tail } from './command.ts';

export interface PythonEnvironment {
  /** Folder of the virtual environment. */
  readonly directory: string;
  /** File with every package pinned by version and hash. */
  readonly requirements: string;
  /** A module that is there when all is well. */
  readonly provides: string;
}

export interface PythonOptions {
  readonly onProgress?: (message: string) => void;
  readonly run?: RunCommand;
  readonly platform?: NodeJS.Platform;
}

const OLDEST_MINOR = 10;
const CANDIDATES = ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
const PRINT_VERSION = 'import sys; print(sys.version_info.major, sys.version_info.minor, sys.executable)';

/**
 * Makes the virtual environment, or leaves it alone where it already holds these requirements; returns its Python.
 * Throws `no_python`, `no_venv`, `no_network` or `pip_failed`, each with what to do about it.
 */
export async function ensurePython(
  { directory, requirements, provides }: PythonEnvironment,
  { onProgress = () => {}, run = runCommand, platform = process.platform }: PythonOptions = {},
): Promise<string> {
  const python = join(directory, 'bin', 'python');
  const stampFile = join(directory, '.requirements');
  const stamp = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  if ((await readText(stampFile)) === stamp && (await works(python, provides, run))) return python;
  onProgress('making a Python environment');
  const found = await findPython(run, platform);
  await makeEnvironment(found, directory, run, platform);
  onProgress('installing Python packages');
  await install(python, requirements, run);
  await writeFile(stampFile, stamp);
  return python;
}

interface FoundPython {
  readonly executable: string;
  readonly minor: number;
}

/** The first Python on PATH that is new enough. */
export async function findPython(run: RunCommand, platform: NodeJS.Platform): Promise<FoundPython> {
  let newest: string | undefined;
  for (const candidate of CANDIDATES) {
    const result = await run(candidate, ['-c', PRINT_VERSION]);
    const [, major, minor, executable] = /^(\d+) (\d+) (.+)$/m.exec(result?.output ?? '') ?? [];
    if (result?.code !== 0 || executable === undefined) continue;
    if (Number(major) === 3 && Number(minor) >= OLDEST_MINOR) return { executable, minor: Number(minor) };
    newest ??= `${major}.${minor}`;
  }
  throw new TributaryError({
    code: 'no_python',
    message: newest
      ? `Python 3.${OLDEST_MINOR} or newer is needed, and only Python ${newest} was found`
      : `Python 3.${OLDEST_MINOR} or newer is needed, and no Python was found on PATH`,
    advice: `the local AWS emulator is written in Python; ${howToGetPython(platform)}`,
  });
}

function howToGetPython(platform: NodeJS.Platform): string {
  return platform === 'darwin'
    ? 'install it with `brew install python@3.13` or from https://www.python.org/downloads/'
    : 'install it with `sudo apt install python3 python3-venv` (Debian, Ubuntu), `sudo dnf install python3` (Fedora) or your package manager';
}

async function makeEnvironment(
  { executable, minor }: FoundPython,
  directory: string,
  run: RunCommand,
  platform: NodeJS.Platform,
): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(dirname(directory), { recursive: true });
  const result = await run(executable, ['-m', 'venv', directory]);
  if (result?.code === 0) return;
  const output = result?.output ?? '';
  const packaged =
    platform !== 'darwin' && /ensurepip is not available|No module named '?(venv|ensurepip)/.test(output);
  throw new TributaryError({
    code: 'no_venv',
    message: packaged
      ? `Python 3.${minor} comes without its venv module`
      : `\`${executable} -m venv\` failed:\n${tail(output)}`,
    where: executable,
    advice: packaged
      ? `install it with \`sudo apt install python3.${minor}-venv\` (Debian, Ubuntu) and run the command again`
      : `check that this Python can make a virtual environment, or put another one first on PATH`,
  });
}

const NO_NETWORK =
  /NewConnectionError|NameResolutionError|ConnectTimeoutError|Failed to establish a new connection|Read timed out|ProxyError|Network is unreachable|Temporary failure in name resolution/;

async function install(python: string, requirements: string, run: RunCommand): Promise<void> {
  const result = await run(python, [
    ...['-m', 'pip', 'install', '--require-hashes', '--requirement', requirements],
    ...['--quiet', '--no-input', '--disable-pip-version-check', '--retries', '2'],
  ]);
  if (result?.code === 0) return;
  const output = result?.output ?? '';
  if (NO_NETWORK.test(output)) {
    throw new TributaryError({
      code: 'no_network',
      message: `pip cannot reach its package index:\n${tail(output, 5)}`,
      advice:
        'connect to the network, or tell pip about your proxy or mirror (`pip config set global.proxy …`, `global.index-url …`)',
    });
  }
  throw new TributaryError({
    code: 'pip_failed',
    message: `the Python packages of the local stack could not be installed:\n${tail(output)}`,
    where: requirements,
    advice: 'run the command again once the cause that pip names is gone',
  });
}

async function works(python: string, module: string, run: RunCommand): Promise<boolean> {
  return (await run(python, ['-c', `import ${module}`]))?.code === 0;
}

async function readText(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
