import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runCommand, tail } from '../../../localstack/command.ts';
import { startTimeOf } from '../../../localstack/process.ts';

const node = (script: string, options = {}) => runCommand(process.execPath, ['--eval', script], options);

describe('runCommand', () => {
  it('gives the exit code and what was said on both channels', async () => {
    const result = await node('console.log("out"); console.error("err"); process.exitCode = 3');
    expect(result?.code).toBe(3);
    expect(result?.output.split('\n').sort()).toEqual(['', 'err', 'out']);
  });

  it('passes on whole lines, the last one also without its end', async () => {
    const lines: string[] = [];
    await node('process.stdout.write("a\\nb"); setTimeout(() => process.stdout.write("c\\nd"), 50)', {
      onLine: (line: string) => lines.push(line),
    });
    expect(lines).toEqual(['a', 'bc', 'd']);
  });

  it('knows of a command that is not there', async () => {
    expect(await runCommand('no-such-command', [])).toBeUndefined();
  });

  it('ends a command that takes too long, with what it has started', async () => {
    const script = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      child.on('spawn', () => console.log(child.pid));
      setInterval(() => {}, 1000);
    `;
    const result = await node(script, { timeoutMs: 1_000 });
    expect(result?.code).toBe(-1);
    const grandchild = Number(result?.output);
    while ((await startTimeOf(grandchild)) !== undefined) await sleep(20);
  });

  it('ends a command when this process is asked to end', async () => {
    const running = node('setInterval(() => {}, 1000); console.log("up")', {
      onLine: () => process.emit('SIGTERM', 'SIGTERM'),
    });
    expect((await running)?.code).toBe(-1);
    expect(process.listenerCount('SIGHUP')).toBe(0);
  });
});

describe('tail', () => {
  it('takes the last lines', () => {
    expect(tail('a\nb\nc\n\n', 2)).toBe('b\nc');
  });
});
