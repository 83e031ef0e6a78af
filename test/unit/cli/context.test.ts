import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useEnvironment } from '../../../cli/context.ts';
import { startTimeOf } from '../../../localstack/process.ts';
import { addToRecord } from '../../../localstack/record.ts';

const before = { ...process.env };
let stateDir: string;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'tributary-context-'));
  delete process.env.AWS_ENDPOINT_URL;
});

afterEach(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  await rm(stateDir, { recursive: true });
});

/** This process stands for those of a stack. */
async function givenRunning(...names: string[]): Promise<void> {
  const owned = { pid: process.pid, startTime: (await startTimeOf(process.pid)) ?? '' };
  const addresses = { endpoint: 'http://127.0.0.1:4700', athenaEndpoint: 'http://127.0.0.1:4701' };
  await addToRecord(stateDir, addresses, Object.fromEntries(names.map((name) => [name, owned])));
}

describe('useEnvironment', () => {
  it('points AWS clients at the stack that is running', async () => {
    await givenRunning('emulator', 'athena');
    await useEnvironment('local', stateDir);
    expect(process.env).toMatchObject({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4700',
      AWS_ENDPOINT_URL_ATHENA: 'http://127.0.0.1:4701',
      AWS_REGION: 'us-east-1',
    });
  });

  it('says how to start the stack when it is not running', async () => {
    await expect(useEnvironment('local', stateDir)).rejects.toMatchObject({
      code: 'not_running',
      message: 'the local stack is not running',
      advice: expect.stringContaining('npm run demo'),
    });
  });

  it('says that a part of it has ended', async () => {
    await givenRunning('emulator');
    await expect(useEnvironment('local', stateDir)).rejects.toMatchObject({
      code: 'not_running',
      message: 'a part of the local stack has ended',
    });
  });

  it('leaves a real environment to the profile and keys of the user', async () => {
    process.env.AWS_PROFILE = 'retail-prod';
    await useEnvironment('prod', stateDir);
    expect(process.env.AWS_PROFILE).toBe('retail-prod');
    expect(process.env.AWS_ENDPOINT_URL).toBeUndefined();
  });

  it('does not take this machine for a real environment', async () => {
    process.env.AWS_ENDPOINT_URL = 'http://localhost:4566';
    await expect(useEnvironment('prod', stateDir)).rejects.toMatchObject({ code: 'local_endpoint' });
  });
});
