import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TributaryError } from '../common/errors.ts';
import { tail } from './command.ts';
import { localEnvironment, withoutAwsSettings } from './environment.ts';
import { isListening, LOOPBACK, requireFreePort } from './ports.ts';
import { isRunning, type OwnedProcess, startDetached, stopProcess } from './process.ts';
import { ensurePython } from './python.ts';

export const DEFAULT_PORT = 4566;
export const PROJECT_ROOT = dirname(import.meta.dirname);
/** Process ids, logs, caches and the Python environment of the stack that people use; tests have their own. */
export const STATE_DIR = join(PROJECT_ROOT, '.tributary');

export interface StackOptions {
  /** By default that of a stack that runs already, else 4566. */
  readonly port?: number | undefined;
  /** Port of the Athena endpoint; by default the one after `port`. */
  readonly athenaPort?: number | undefined;
  readonly stateDir: string;
  /** Folder of the Python environment; by default in the state folder. */
  readonly venv?: string;
  readonly onProgress?: (message: string) => void;
}

export interface RunningStack {
  readonly port: number;
  readonly athenaPort: number;
  /** For clients: endpoints, region and keys. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface StackStatus {
  /** `partly`: one of its two processes has ended. */
  readonly state: 'running' | 'partly' | 'stopped';
  readonly stack?: RunningStack;
  readonly processes: Readonly<Record<string, { readonly pid: number; readonly running: boolean }>>;
}

interface StackRecord {
  readonly port: number;
  readonly athenaPort: number;
  readonly processes: Readonly<Record<string, OwnedProcess>>;
}

/**
 * Starts the emulator and the Athena endpoint on the loopback interface and waits until both answer; a stack that
 * already runs on these ports is left as it is. Throws `port_in_use`, `other_ports`, `not_ready` and what
 * `ensurePython` throws.
 */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  const { port = DEFAULT_PORT, stateDir, venv = join(stateDir, 'venv'), onProgress = () => {} } = options;
  const { athenaPort = port + 1 } = options;
  const before = await stackStatus(stateDir);
  if (before.state === 'running' && before.stack !== undefined) return samePorts(before.stack, options);
  if (before.state === 'partly') await stopStack(stateDir);
  await requireFreePort(port, 'the AWS emulator');
  await requireFreePort(athenaPort, 'the Athena endpoint');
  const python = await ensurePython(
    { directory: venv, requirements: join(import.meta.dirname, 'requirements.txt') },
    { onProgress },
  );
  for (const folder of ['logs', 'tmp', 'cache']) await mkdir(join(stateDir, folder), { recursive: true });
  onProgress('starting the AWS emulator');
  try {
    await startEmulator(python, port, athenaPort, stateDir);
    onProgress('starting the Athena endpoint');
    await startAthenaEndpoint(port, athenaPort, stateDir);
  } catch (error) {
    await stopStack(stateDir);
    throw error;
  }
  return { port, athenaPort, environment: localEnvironment(port, athenaPort) };
}

/** Stops what `startStack` started with this state folder, and nothing else; false when nothing was running. */
export async function stopStack(stateDir: string): Promise<boolean> {
  const record = await readRecord(stateDir);
  if (record === undefined) return false;
  const owned = Object.values(record.processes);
  const running = await Promise.all(owned.map(isRunning));
  await Promise.all(owned.map((one) => stopProcess(one)));
  await rm(join(stateDir, 'tmp'), { recursive: true, force: true });
  await rm(recordFile(stateDir), { force: true });
  return running.includes(true);
}

export async function stackStatus(stateDir: string): Promise<StackStatus> {
  const record = await readRecord(stateDir);
  if (record === undefined) return { state: 'stopped', processes: {} };
  const entries = await Promise.all(
    Object.entries(record.processes).map(async ([name, owned]) => {
      return [name, { pid: owned.pid, running: await isRunning(owned) }] as const;
    }),
  );
  const running = entries.filter(([, process]) => process.running).length;
  if (running === 0) return { state: 'stopped', processes: {} };
  const { port, athenaPort } = record;
  return {
    state: running === PROCESSES ? 'running' : 'partly',
    stack: { port, athenaPort, environment: localEnvironment(port, athenaPort) },
    processes: Object.fromEntries(entries),
  };
}

const PROCESSES = 2;

function samePorts(stack: RunningStack, wanted: StackOptions): RunningStack {
  const { port = stack.port, athenaPort = stack.athenaPort } = wanted;
  if (stack.port === port && stack.athenaPort === athenaPort) return stack;
  throw new TributaryError({
    code: 'other_ports',
    message: `the local stack is running on ports ${stack.port} and ${stack.athenaPort} already`,
    advice: 'use it there (leave out --port), or stop it first: npm run down',
  });
}

async function startEmulator(python: string, port: number, athenaPort: number, stateDir: string): Promise<void> {
  const logFile = join(stateDir, 'logs', 'emulator.log');
  const owned = await startDetached({
    command: python,
    args: ['-m', 'ministack'],
    cwd: stateDir,
    logFile,
    env: {
      ...withoutAwsSettings(process.env),
      // Lambdas inherit all of this.
      ...localEnvironment(port, athenaPort),
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      TMPDIR: join(stateDir, 'tmp'),
      GATEWAY_PORT: String(port),
      BIND_HOST: LOOPBACK,
      // These would listen on all interfaces, and nothing here needs them.
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
    },
  });
  await writeRecord(stateDir, { port, athenaPort, processes: { emulator: owned } });
  await waitUntilReady('the AWS emulator', owned, logFile, () =>
    answers(`http://${LOOPBACK}:${port}/_ministack/ready`),
  );
}

async function startAthenaEndpoint(port: number, athenaPort: number, stateDir: string): Promise<void> {
  const logFile = join(stateDir, 'logs', 'athena.log');
  const owned = await startDetached({
    command: process.execPath,
    args: [join(import.meta.dirname, 'athena', 'main.ts')],
    cwd: PROJECT_ROOT,
    logFile,
    env: {
      ...withoutAwsSettings(process.env),
      ...localEnvironment(port, athenaPort),
      ATHENA_PORT: String(athenaPort),
      ATHENA_CACHE_DIR: join(stateDir, 'cache'),
    },
  });
  const record = await readRecord(stateDir);
  await writeRecord(stateDir, { port, athenaPort, processes: { ...record?.processes, athena: owned } });
  await waitUntilReady('the Athena endpoint', owned, logFile, () => isListening(athenaPort));
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

const recordFile = (stateDir: string): string => join(stateDir, 'stack.json');

async function readRecord(stateDir: string): Promise<StackRecord | undefined> {
  const text = await readFile(recordFile(stateDir), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as StackRecord);
}

const writeRecord = (stateDir: string, record: StackRecord): Promise<void> =>
  writeFile(recordFile(stateDir), `${JSON.stringify(record, null, 2)}\n`);
