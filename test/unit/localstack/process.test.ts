import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  isRunning,
  type OwnedProcess,
  startDetached,
  startTimeInStat,
  startTimeOf,
  stopProcess,
} from '../../../localstack/process.ts';

let folder: string;
const started: OwnedProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-process-'));
});

afterAll(async () => {
  await Promise.all(started.map((owned) => stopProcess(owned)));
  await rm(folder, { recursive: true });
});

async function startNode(script: string): Promise<OwnedProcess> {
  const owned = await startDetached({
    command: process.execPath,
    args: ['--eval', script],
    cwd: folder,
    env: process.env,
    logFile: join(folder, 'log'),
  });
  started.push(owned);
  return owned;
}

const logContains = async (text: string): Promise<void> => {
  while (!(await readFile(join(folder, 'log'), 'utf8')).includes(text)) await sleep(20);
};

describe('a process of ours', () => {
  it('is known by its id and start time', async () => {
    const owned = await startNode('setInterval(() => {}, 1000)');
    expect(await isRunning(owned)).toBe(true);
    expect(await isRunning({ ...owned, startTime: 'another' })).toBe(false);
  });

  it('ends with what it started, also when it does not listen', async () => {
    const owned = await startNode(`
      process.on('SIGTERM', () => {});
      const child = require('node:child_process').spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
      child.on('spawn', () => console.log('child ' + child.pid));
      setInterval(() => {}, 1000);
    `);
    await logContains('child ');
    const child = Number(/child (\d+)/.exec(await readFile(join(folder, 'log'), 'utf8'))?.[1]);
    expect(await startTimeOf(child)).toBeDefined();
    await stopProcess(owned, 200);
    expect(await isRunning(owned)).toBe(false);
    await expect.poll(() => startTimeOf(child)).toBeUndefined();
  });

  it('is not what runs under its id now', async () => {
    const stranger = await startNode('setInterval(() => {}, 1000)');
    await stopProcess({ pid: stranger.pid, startTime: 'of a process that ended long ago' });
    expect(await isRunning(stranger)).toBe(true);
  });

  it('cannot be started from a command that is not there', async () => {
    const spec = { command: join(folder, 'nothing'), args: [], cwd: folder, env: {}, logFile: join(folder, 'log') };
    await expect(startDetached(spec)).rejects.toMatchObject({ code: 'not_started' });
  });
});

describe('startTimeInStat', () => {
  const stat = (name: string, state: string) =>
    `42 (${name}) ${state} 1 42 42 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 1 0 379936 7741440 904`;

  it('reads past names with spaces and parentheses', () => {
    expect(startTimeInStat(stat('node (x) S 1', 'S'))).toBe('379936');
  });

  it('has none for a zombie or a process that is gone', () => {
    expect(startTimeInStat(stat('node', 'Z'))).toBeUndefined();
    expect(startTimeInStat('')).toBeUndefined();
  });
});
