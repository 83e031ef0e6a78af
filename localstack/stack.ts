import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TributaryError } from '../common/errors.ts';
import { tail } from './command.ts';
import { childEnvironment, localEnvironment } from './environment.ts';
import { isListening, LOOPBACK, requireFreePort } from './ports.ts';
import { isRunning, type OwnedProcess, startDetached, stopProcess } from './process.ts';
import { ensurePython } from './python.ts';
import { addToRecord, readRecord, removeRecord } from './record.ts';

export const DEFAULT_PORT = 4566;
export const PROJECT_ROOT = dirname(import.meta.dirname);
/** Process ids, logs, caches and the Python environment of the stack that people use; tests have their own. */
export const STATE_DIR = join(PROJECT_ROOT, '.tributary');

export interface StackOptions {
  /** By default that of a stack that runs already, else 4566. */
  readonly port?: number | undefined;
  /** Port of the Athena endpoint; by default the one after the emulator's. */
  readonly athenaPort?: number | undefined;
  /** Address of an emulator that runs already, LocalStack for instance; none is started then. */
  readonly endpoint?: string | undefined;
  readonly stateDir: string;
  /** Folder of the Python environment; by default in the state folder. */
  readonly venv?: string;
  readonly onProgress?: (message: string) => void;
}

export interface RunningStack {
  readonly endpoint: string;
  readonly athenaEndpoint: string;
  /** For AWS clients: endpoints, region and keys. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface StackStatus {
  /** `partly`: one of its processes has ended. */
  readonly state: 'running' | 'partly' | 'stopped';
  readonly stack?: RunningStack;
  readonly processes: Readonly<Record<string, { readonly pid: number; readonly running: boolean }>>;
}

/**
 * Starts the emulator and the Athena endpoint on the loopback interface and waits until both answer. What runs already
 * is left as it is: the emulator holds its data in memory. Throws `port_in_use`, `elsewhere`, `no_emulator`,
 * `not_ready` and what `ensurePython` throws.
 */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  const { stateDir, onProgress = () => {} } = options;
  const before = await stackStatus(stateDir);
  if (before.stack !== undefined) requireSamePlace(before.stack, options);
  if (before.stack !== undefined && before.state === 'running') return before.stack;
  const emulatorRuns = before.processes.emulator?.running === true;
  if (!emulatorRuns) await stopStack(stateDir);
  const stack = before.stack ?? placeOf(options);
  for (const folder of ['logs', 'tmp', 'cache']) await mkdir(join(stateDir, folder), { recursive: true });
  await requireFreePort(Number(new URL(stack.athenaEndpoint).port), 'the Athena endpoint');
  try {
    if (options.endpoint !== undefined) await requireEmulator(options.endpoint);
    else if (!emulatorRuns) await startEmulator(stack, options);
    onProgress('starting the Athena endpoint');
    await startAthenaEndpoint(stack, stateDir);
  } catch (error) {
    if (!emulatorRuns) await stopStack(stateDir);
    throw error;
  }
  return stack;
}

/** Stops what `startStack` started with this state folder, and nothing else; false when nothing was running. */
export async function stopStack(stateDir: string): Promise<boolean> {
  const record = await readRecord(stateDir);
  if (record === undefined) return false;
  const owned = Object.values(record.processes);
  const running = await Promise.all(owned.map(isRunning));
  await Promise.all(owned.map((one) => stopProcess(one)));
  await rm(join(stateDir, 'tmp'), { recursive: true, force: true });
  await removeRecord(stateDir);
  return running.includes(true);
}

export async function stackStatus(stateDir: string): Promise<StackStatus> {
  const record = await readRecord(stateDir);
  const processes: Record<string, { pid: number; running: boolean }> = {};
  for (const [name, owned] of Object.entries(record?.processes ?? {})) {
    processes[name] = { pid: owned.pid, running: await isRunning(owned) };
  }
  const running = Object.values(processes).filter((process) => process.running).length;
  if (record === undefined || running === 0) return { state: 'stopped', processes: {} };
  const complete = processes.athena !== undefined && running === Object.keys(processes).length;
  return {
    state: complete ? 'running' : 'partly',
    stack: runningStack(record.endpoint, record.athenaEndpoint),
    processes,
  };
}

const address = (port: number): string => `http://${LOOPBACK}:${port}`;

const runningStack = (endpoint: string, athenaEndpoint: string): RunningStack => ({
  endpoint,
  athenaEndpoint,
  environment: localEnvironment(endpoint, athenaEndpoint),
});

function placeOf({ port = DEFAULT_PORT, endpoint = address(port), athenaPort }: StackOptions): RunningStack {
  return runningStack(endpoint, address(athenaPort ?? Number(new URL(endpoint).port) + 1));
}

function requireSamePlace(stack: RunningStack, { port, athenaPort, endpoint }: StackOptions): void {
  const wanted = endpoint ?? (port === undefined ? stack.endpoint : address(port));
  const wantedAthena = athenaPort === undefined ? stack.athenaEndpoint : address(athenaPort);
  if (stack.endpoint === wanted && stack.athenaEndpoint === wantedAthena) return;
  throw new TributaryError({
    code: 'elsewhere',
    message: `the local stack is running already, at ${stack.endpoint} and ${stack.athenaEndpoint}`,
    advice: 'use it there (without --port), or stop it first: npm run down',
  });
}

async function startEmulator(stack: RunningStack, { stateDir, venv, onProgress }: StackOptions): Promise<void> {
  const { port } = new URL(stack.endpoint);
  await requireFreePort(Number(port), 'the AWS emulator');
  const python = await ensurePython(
    {
      directory: venv ?? join(stateDir, 'venv'),
      requirements: join(import.meta.dirname, 'requirements.txt'),
      provides: 'ministack',
    },
    { onProgress },
  );
  onProgress?.('starting the AWS emulator');
  const env = {
    // Lambdas inherit all of this, and run on the first Node of the path.
    ...childEnvironment(stack.environment),
    TMPDIR: join(stateDir, 'tmp'),
    GATEWAY_PORT: port,
    BIND_HOST: LOOPBACK,
    // These would listen on all interfaces, and nothing here needs them.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
  };
  // The workers of Lambdas lie in there as plain .js files, which must not take this project's module type.
  await writeFile(join(env.TMPDIR, 'package.json'), '{ "type": "commonjs" }\n');
  const logFile = join(stateDir, 'logs', 'emulator.log');
  const owned = await startDetached({ command: python, args: ['-m', 'ministack'], cwd: stateDir, logFile, env });
  await addToRecord(stateDir, stack, { emulator: owned });
  const isReady = () => answers(`${stack.endpoint}/_ministack/ready`);
  await waitUntilReady('the AWS emulator', owned, logFile, isReady);
}

async function requireEmulator(endpoint: string): Promise<void> {
  // LocalStack's path, which other emulators answer as well.
  if (await answers(`${endpoint}/_localstack/health`)) return;
  throw new TributaryError({
    code: 'no_emulator',
    message: 'no AWS emulator answers there',
    where: endpoint,
    advice: 'start it first, for instance with `docker compose --file localstack/docker-compose.yml up --wait`',
  });
}

async function startAthenaEndpoint(stack: RunningStack, stateDir: string): Promise<void> {
  const { port } = new URL(stack.athenaEndpoint);
  const env = {
    ...childEnvironment(stack.environment),
    ATHENA_PORT: port,
    ATHENA_CACHE_DIR: join(stateDir, 'cache'),
  };
  const logFile = join(stateDir, 'logs', 'athena.log');
  const args = [join(import.meta.dirname, 'athena', 'main.ts')];
  const owned = await startDetached({ command: process.execPath, args, cwd: PROJECT_ROOT, logFile, env });
  await addToRecord(stateDir, stack, { athena: owned });
  await waitUntilReady('the Athena endpoint', owned, logFile, () => isListening(Number(port)));
}

async function waitUntilReady(
  name: string,
  owned: OwnedProcess,
  logFile: string,
  isReady: () => Promise<boolean>,
  patienceMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await isReady())) {
    const ended = !(await isRunning(owned));
    if (ended || Date.now() > deadline) {
      const log = tail(await readFile(logFile, 'utf8'));
      throw new TributaryError({
        code: 'not_ready',
        message: `${name} ${ended ? 'ended right after its start' : `did not answer within ${patienceMs / 1_000} s`}:\n${log}`,
        where: logFile,
        advice: 'the log named here has the whole of it',
      });
    }
    await sleep(100);
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}
