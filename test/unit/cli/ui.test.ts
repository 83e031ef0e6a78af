import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { duration, type OnProgress, withProgress } from '../../../cli/ui.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

function output(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Lets `work` run to its end in simulated time. */
async function shown(isTTY: boolean, work: (onProgress: OnProgress) => Promise<unknown>): Promise<string[]> {
  const out = output(isTTY);
  const done = withProgress('load', work, out);
  await vi.runAllTimersAsync();
  await done;
  return out.written;
}

describe('withProgress', () => {
  it.each([true, false])('says only how long short work took (terminal: %s)', async (isTTY) => {
    expect(await shown(isTTY, () => wait(1_500))).toEqual(['load: 1.5 s\n']);
  });

  it('counts the seconds on a terminal, in one line that is gone at the end', async () => {
    const written = await shown(true, async (onProgress) => {
      onProgress('reading');
      await wait(3_500);
    });
    expect(written).toEqual([
      '\r\x1b[Kload: reading … 2.0 s',
      '\r\x1b[Kload: reading … 3.0 s',
      '\r\x1b[K',
      'load: 3.5 s\n',
    ]);
  });

  it('writes a line for a new message and a sign of life to a log', async () => {
    const written = await shown(false, async (onProgress) => {
      onProgress('reading');
      await wait(20_500);
      onProgress('writing');
      await wait(1_500);
    });
    expect(written).toEqual([
      'load: reading … 2.0 s\n',
      'load: reading … 17 s\n',
      'load: writing … 21 s\n',
      'load: 22 s\n',
    ]);
  });

  it('passes the result and the error of the work on, and stops counting', async () => {
    expect(await withProgress('load', async () => 7, output(true))).toBe(7);
    await expect(withProgress('load', () => Promise.reject(new Error('broken')), output(true))).rejects.toThrow(
      'broken',
    );
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('duration', () => {
  it.each([
    [0, '0.0 s'],
    [449, '0.4 s'],
    [9_949, '9.9 s'],
    [9_951, '10 s'],
    [59_499, '59 s'],
    [59_500, '1 min 0 s'],
    [125_000, '2 min 5 s'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });
});
