import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const PROJECT = join(import.meta.dirname, '..', '..', '..');
const LOCK = {
  packages: {
    '': { name: 'tributary' },
    'node_modules/yaml': { version: '2.9.1', integrity: 'sha512-a' },
    'node_modules/esbuild-aix': { version: '1.0.0', integrity: 'sha512-b', optional: true, os: ['aix'] },
  },
};
const INSTALLED = { packages: { 'node_modules/yaml': LOCK.packages['node_modules/yaml'] } };

let root: string;

/** A checkout with the scripts, a program to run, and an npm on PATH that does as told. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tributary-install-'));
  cpSync(join(PROJECT, 'scripts', 'tools'), join(root, 'scripts', 'tools'), { recursive: true });
  cpSync(join(PROJECT, 'scripts', 'with-tools.mjs'), join(root, 'scripts', 'with-tools.mjs'));
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify(LOCK));
  writeFileSync(join(root, 'program.ts'), 'console.log(process.argv.slice(2)); process.exit(3);');
});

afterEach(() => rmSync(root, { recursive: true }));

function givenNpm(script: string): void {
  mkdirSync(join(root, 'path'));
  const file = join(root, 'path', 'npm');
  writeFileSync(file, `#!/bin/sh\necho called >> '${root}/npm-calls'\n${script}\n`);
  chmodSync(file, 0o755);
}

const npmThatInstalls = () =>
  givenNpm(`mkdir -p node_modules && echo '${JSON.stringify(INSTALLED)}' > node_modules/.package-lock.json`);

function givenInstalled(record: unknown): void {
  mkdirSync(join(root, 'node_modules'));
  writeFileSync(join(root, 'node_modules', '.package-lock.json'), JSON.stringify(record));
}

function run(path = `${join(root, 'path')}:/usr/bin:/bin`) {
  const { npm_execpath: _, ...env } = process.env;
  const args = [join(root, 'scripts', 'with-tools.mjs'), 'program.ts', 'a', '--b'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...env, PATH: path },
  });
  return { status, stdout, stderr };
}

const npmWasCalled = () => existsSync(join(root, 'npm-calls'));

describe('with-tools', () => {
  it('installs what is missing, then runs the program with its arguments and its exit code', () => {
    npmThatInstalls();
    expect(run()).toEqual({ status: 3, stdout: "[ 'a', '--b' ]\n", stderr: '' });
    expect(run().status).toBe(3);
    expect(readFileSync(join(root, 'npm-calls'), 'utf8')).toBe('called\n');
  });

  it('takes what npm itself has installed as it is', () => {
    npmThatInstalls();
    givenInstalled(INSTALLED);
    expect(run().status).toBe(3);
    expect(npmWasCalled()).toBe(false);
  });

  it.each([
    ['another version', { 'node_modules/yaml': { version: '2.9.0', integrity: 'sha512-a' } }],
    ['another content', { 'node_modules/yaml': { version: '2.9.1', integrity: 'sha512-x' } }],
    ['a package too few', {}],
    [
      'native code of another machine',
      { ...INSTALLED.packages, 'node_modules/esbuild-aix': LOCK.packages['node_modules/esbuild-aix'] },
    ],
  ])('installs again for %s', (_, packages) => {
    npmThatInstalls();
    givenInstalled({ packages });
    run();
    expect(npmWasCalled()).toBe(true);
  });

  it.each([
    ['npm error code ENOTFOUND\nnpm error network request failed', 'no_network', 'proxy'],
    ['npm error code SELF_SIGNED_CERT_IN_CHAIN', 'untrusted_certificate', 'cafile'],
    ['npm error code ENOSPC', 'disk_full', 'free some space'],
    ['npm error code EACCES', 'not_writable', 'who owns'],
    ['npm error something else', 'npm_failed', 'its output above'],
  ])('says what to do about %j', (output, code, advice) => {
    givenNpm(`echo '${output}' >&2; exit 1`);
    const { status, stdout, stderr } = run();
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(`[${code}]`);
    expect(stderr).toContain(advice);
    expect(stderr).toContain(output.split('\n')[0]);
  });

  it('says where npm comes from when there is none', () => {
    const { status, stderr } = run('/nonexistent');
    expect(status).toBe(1);
    expect(stderr).toContain('[no_npm]');
    expect(stderr).toContain('nodejs.org');
  });
});
