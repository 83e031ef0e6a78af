import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../localstack/ports.ts';
import { startDetached, stopProcess } from '../../../localstack/process.ts';
import { addToRecord, readRecord } from '../../../localstack/record.ts';
import { stackStatus, startStack, stopStack } from '../../../localstack/stack.ts';

let stateDir: string;
const ADDRESSES = { endpoint: 'http://127.0.0.1:4700', athenaEndpoint: 'http://127.0.0.1:4701' };
const ENDED = { pid: 1, startTime: 'of a process that ended long ago' };

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'tributary-stack-'));
});

afterEach(() => rm(stateDir, { recursive: true }));

const sleeper = () =>
  startDetached({
    command: process.execPath,
    args: ['--eval', 'setInterval(() => {}, 1000)'],
    cwd: stateDir,
    env: process.env,
    logFile: join(stateDir, 'log'),
  });

describe('the record of a stack', () => {
  it('says stopped without one, or with half of one', async () => {
    expect((await stackStatus(stateDir)).state).toBe('stopped');
    await writeFile(join(stateDir, 'stack.json'), '{ "endpoint": "http');
    expect((await stackStatus(stateDir)).state).toBe('stopped');
    expect(await stopStack(stateDir)).toBe(false);
  });

  it('says stopped when its process ids belong to others now, and stops none of them', async () => {
    await addToRecord(stateDir, ADDRESSES, { emulator: ENDED, athena: ENDED });
    expect((await stackStatus(stateDir)).state).toBe('stopped');
    expect(await stopStack(stateDir)).toBe(false);
    expect(await readRecord(stateDir)).toBeUndefined();
  });

  it('says partly when one of its processes has ended, and stops the other', async () => {
    const emulator = await sleeper();
    await addToRecord(stateDir, ADDRESSES, { emulator, athena: ENDED });
    expect(await stackStatus(stateDir)).toMatchObject({
      state: 'partly',
      processes: { emulator: { running: true }, athena: { running: false } },
    });
    expect(await stopStack(stateDir)).toBe(true);
    expect((await stackStatus(stateDir)).state).toBe('stopped');
  });

  it('says partly when the start was cut off before the Athena endpoint', async () => {
    const emulator = await sleeper();
    await addToRecord(stateDir, ADDRESSES, { emulator });
    expect((await stackStatus(stateDir)).state).toBe('partly');
    await stopProcess(emulator);
  });
});

describe('startStack', () => {
  it('leaves a stack alone that runs, and refuses to move it', async () => {
    const processes = { emulator: await sleeper(), athena: await sleeper() };
    await addToRecord(stateDir, ADDRESSES, processes);
    expect(await startStack({ stateDir })).toMatchObject({
      ...ADDRESSES,
      environment: { AWS_ENDPOINT_URL: ADDRESSES.endpoint, AWS_ENDPOINT_URL_ATHENA: ADDRESSES.athenaEndpoint },
    });
    expect(await startStack({ stateDir, port: 4700 })).toMatchObject(ADDRESSES);
    await expect(startStack({ stateDir, port: 4702 })).rejects.toMatchObject({ code: 'elsewhere' });
    await stopStack(stateDir);
  });

  it('leaves an emulator with its data alone when the Athena endpoint cannot be started again beside it', async () => {
    const emulator = await sleeper();
    const squatter = createServer();
    const athenaPort = await freePort();
    await new Promise<void>((resolve) => squatter.listen(athenaPort, '127.0.0.1', resolve));
    const athenaEndpoint = `http://127.0.0.1:${athenaPort}`;
    await addToRecord(stateDir, { ...ADDRESSES, athenaEndpoint }, { emulator, athena: ENDED });
    await expect(startStack({ stateDir })).rejects.toMatchObject({ code: 'port_in_use' });
    expect((await stackStatus(stateDir)).processes.emulator).toEqual({ pid: emulator.pid, running: true });
    await stopStack(stateDir);
    await new Promise((resolve) => squatter.close(resolve));
  });

  it('says that no emulator answers at the given address', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    await expect(startStack({ stateDir, endpoint, athenaPort: await freePort() })).rejects.toMatchObject({
      code: 'no_emulator',
      where: endpoint,
    });
  });
});
