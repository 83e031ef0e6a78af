import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandResult, RunCommand } from '../../../localstack/command.ts';
import { ensurePython, findPython } from '../../../localstack/python.ts';

let folder: string;
let calls: string[];

beforeEach(async () => {
  calls = [];
  folder = await mkdtemp(join(tmpdir(), 'tributary-python-'));
  await writeFile(join(folder, 'requirements.txt'), 'emulator==1.0\n');
});

afterEach(() => rm(folder, { recursive: true }));

type Answers = Readonly<Record<string, Partial<CommandResult>>>;

/** A machine on which commands that contain a key of `answers` answer so, and others are not found. */
const machine =
  (answers: Answers): RunCommand =>
  async (command, args) => {
    const line = [command, ...args].join(' ');
    calls.push(line);
    const found = Object.entries(answers).find(([part]) => line.includes(part));
    return found && { code: 0, output: '', ...found[1] };
  };

const GOOD: Answers = {
  'python3 -c import sys': { output: '3 12 /usr/bin/python3\n' },
  '-m venv': {},
  'pip install': {},
  'import emulator': {},
};

const ensure = (answers: Answers, platform: NodeJS.Platform = 'linux') =>
  ensurePython(
    { directory: join(folder, 'venv'), requirements: join(folder, 'requirements.txt'), provides: 'emulator' },
    { run: makeFolder(machine(answers)), platform },
  );

/** `python -m venv` makes its folder, into which the stamp goes. */
const makeFolder =
  (run: RunCommand): RunCommand =>
  async (command, args, options) => {
    const result = await run(command, args, options);
    if (args.includes('venv') && result?.code === 0) await mkdir(join(folder, 'venv'), { recursive: true });
    return result;
  };

describe('ensurePython', () => {
  it('makes the environment and installs by hash', async () => {
    expect(await ensure(GOOD)).toBe(join(folder, 'venv', 'bin', 'python'));
    expect(calls.find((call) => call.includes('pip install'))).toContain('--require-hashes');
  });

  it('leaves an environment alone that holds these requirements', async () => {
    await ensure(GOOD);
    calls = [];
    await ensure(GOOD);
    expect(calls).toEqual([`${join(folder, 'venv', 'bin', 'python')} -c import emulator`]);
  });

  it.each([
    ['other requirements', async () => writeFile(join(folder, 'requirements.txt'), 'emulator==2.0\n'), GOOD],
    ['a broken Python', async () => {}, { ...GOOD, 'import emulator': { code: 1 } }],
  ])('makes it anew for %s', async (_, change, answers) => {
    await ensure(GOOD);
    await change();
    calls = [];
    await ensure(answers);
    expect(calls.some((call) => call.includes('-m venv'))).toBe(true);
  });

  it('says that Python is missing, and where to get it', async () => {
    await expect(ensure({})).rejects.toMatchObject({
      code: 'no_python',
      message: expect.stringContaining('no Python was found'),
      advice: expect.stringContaining('sudo apt install python3 python3-venv'),
    });
    await expect(ensure({}, 'darwin')).rejects.toMatchObject({ advice: expect.stringContaining('brew install') });
  });

  it('says which Python is too old', async () => {
    const old = { 'import sys': { output: '3 9 /usr/bin/python3\n' } };
    await expect(ensure(old)).rejects.toMatchObject({
      code: 'no_python',
      message: 'Python 3.10 or newer is needed, and only Python 3.9 was found',
    });
  });

  it('says that the venv module is missing, and its package', async () => {
    const output = 'The virtual environment was not created successfully because ensurepip is not available.';
    await expect(ensure({ ...GOOD, '-m venv': { code: 1, output } })).rejects.toMatchObject({
      code: 'no_venv',
      advice: expect.stringContaining('sudo apt install python3.12-venv'),
    });
  });

  it('shows why an environment cannot be made otherwise', async () => {
    const output = 'Error: [Errno 28] No space left on device';
    await expect(ensure({ ...GOOD, '-m venv': { code: 1, output } })).rejects.toMatchObject({
      code: 'no_venv',
      message: expect.stringContaining('No space left on device'),
    });
  });

  it('says that there is no network', async () => {
    const output = `WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(...)'
ERROR: No matching distribution found for emulator==1.0`;
    await expect(ensure({ ...GOOD, 'pip install': { code: 1, output } })).rejects.toMatchObject({
      code: 'no_network',
      advice: expect.stringContaining('proxy'),
    });
  });

  it('shows what pip says otherwise, and tries again the next time', async () => {
    const output = 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.';
    await expect(ensure({ ...GOOD, 'pip install': { code: 1, output } })).rejects.toMatchObject({
      code: 'pip_failed',
      message: expect.stringContaining('DO NOT MATCH THE HASHES'),
    });
    await expect(ensure(GOOD)).resolves.toBeDefined();
    expect(calls.filter((call) => call.includes('pip install'))).toHaveLength(2);
  });
});

describe('findPython', () => {
  it('goes on past an old one', async () => {
    const run = machine({
      'python3 -c': { output: '3 8 /usr/bin/python3' },
      'python3.11 -c': { output: '3 11 /opt/python3.11' },
    });
    expect(await findPython(run, 'linux')).toEqual({ executable: '/opt/python3.11', minor: 11 });
  });

  it('is not taken in by a stub that prints an advertisement', async () => {
    const run = machine({
      'python -c': { code: 9009, output: 'Python was not found; run without arguments to install' },
    });
    await expect(findPython(run, 'linux')).rejects.toMatchObject({ code: 'no_python' });
  });
});
