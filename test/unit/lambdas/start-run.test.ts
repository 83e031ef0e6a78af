import { beforeEach, describe, expect, it } from 'vitest';
import { runIdOf } from '../../../engine/run.ts';
import type { LockHolder, RunLock } from '../../../lambdas/shared/run-lock.ts';
import { startRun } from '../../../lambdas/start-run/start-run.ts';
import { compileSketches, silverSales } from '../../fixtures/models.ts';

const manifest = compileSketches(silverSales, {
  path: 'sql/gold/star/fact.sql',
  columns: ['sale_id varchar'],
  sql: 'select sale_id from silver.sales',
});

const mine = 'arn:aws:states:eu-west-2:123456789012:execution:tributary-run:mine';
const theirs: LockHolder = { executionArn: mine.replace('mine', 'theirs'), runId: 'their-run' };
const startedAt = '2026-11-21T11:05:00.123Z';

/** A lock in memory, with the conditions of the one in DynamoDB. */
function memoryLock(holder?: LockHolder): RunLock & { holder: LockHolder | undefined } {
  const lock = {
    holder,
    async acquire(wanted: LockHolder, dead?: LockHolder) {
      const free = [undefined, wanted.executionArn, dead?.executionArn].includes(lock.holder?.executionArn);
      if (free) lock.holder = wanted;
      return free ? undefined : lock.holder;
    },
    async release(executionArn: string) {
      if (lock.holder?.executionArn === executionArn) lock.holder = undefined;
    },
  };
  return lock;
}

/** What is written to the operations tables, by table. */
let written: Record<string, readonly unknown[]>;
beforeEach(() => {
  written = {};
});

const minutesAfterStart = (minutes: number): Date => new Date(Date.parse(startedAt) + minutes * 60_000);

const start = (input: unknown, lock: RunLock = memoryLock(), isRunning = false, now = minutesAfterStart(0)) =>
  startRun(
    {
      manifest,
      lock,
      now: () => now,
      writeRows: async (table, _runId, rows) => {
        written[table] = rows;
      },
      isRunning: async () => isRunning,
    },
    { input, executionArn: mine, startedAt },
  );

describe('the start of a run', () => {
  it('takes the day of the start, and all models, where nothing else is asked for', async () => {
    expect(await start({})).toEqual({
      runId: runIdOf(mine, new Date(startedAt)),
      asOf: '2026-11-21',
      full: false,
      audit: false,
      selected: null,
      allowBreaking: false,
      engine: null,
      announce: false,
      status: 'started',
    });
  });

  it('takes a logical date, a full rebuild and a selection', async () => {
    const input = { asOf: '2018-01-01', full: true, selected: ['silver.sales', 'gold.fact', 'gold.fact'] };
    expect(await start(input)).toMatchObject({
      asOf: '2018-01-01',
      full: true,
      selected: ['gold.fact', 'silver.sales'],
    });
  });

  it('takes a domain for its models', async () => {
    expect(await start({ domain: 'star' })).toMatchObject({ selected: ['gold.fact'] });
    expect(await start({ domain: null, selected: null })).toMatchObject({ selected: null });
  });

  it.each([
    [{ asOf: '2018-02-30' }, 'bad_run_input'],
    [{ asof: '2018-01-01' }, 'bad_run_input'],
    [{ selected: [] }, 'bad_run_input'],
    [{ waitMinutes: -1 }, 'bad_run_input'],
    [{ audit: 'yes' }, 'bad_run_input'],
    [{ selected: ['gold.fact'], domain: 'star' }, 'bad_run_input'],
    [{ selected: ['gold.fct'] }, 'unknown_model'],
    [{ domain: 'stars' }, 'unknown_domain'],
    ['all', 'bad_run_input'],
  ])('refuses %j and leaves the lock alone', async (input, code) => {
    const lock = memoryLock();
    await expect(start(input, lock)).rejects.toMatchObject({ code });
    expect(lock.holder).toBeUndefined();
  });

  it('names what was probably meant', async () => {
    await expect(start({ selected: ['gold.fct'] })).rejects.toMatchObject({ advice: 'Did you mean "gold.fact"?' });
  });
});

describe('the lock of runs', () => {
  it('is held from the start on', async () => {
    const lock = memoryLock();
    const { runId } = await start({}, lock);
    expect(lock.holder).toEqual({ executionArn: mine, runId });
  });

  it('keeps a second run out', async () => {
    const lock = memoryLock(theirs);
    expect(await start({}, lock, true)).toMatchObject({
      status: 'skipped',
      reason: 'the run their-run is under way',
    });
    expect(lock.holder).toEqual(theirs);
  });

  it('leaves a record of the run that it keeps out', async () => {
    const { runId } = await start({ audit: true }, memoryLock(theirs), true, minutesAfterStart(1));
    expect(written).toEqual({
      runs: [
        expect.objectContaining({
          run_id: runId,
          mode: 'audit',
          status: 'skipped',
          reason: 'the run their-run is under way',
          seconds: expect.closeTo(60, 0),
          built: 0,
          score: null,
        }),
      ],
    });
  });

  it('lets a run wait as long as its input says, and begin when the other one has ended', async () => {
    const lock = memoryLock(theirs);
    const ask = (minutes: number) => start({ waitMinutes: 10 }, lock, true, minutesAfterStart(minutes));
    expect(await ask(0)).toMatchObject({ status: 'waiting', reason: 'the run their-run is under way' });
    expect(await ask(9)).toMatchObject({ status: 'waiting' });
    expect(written).toEqual({});
    await lock.release(theirs.executionArn);
    expect(await ask(9.5)).toMatchObject({ status: 'started', asOf: '2026-11-21' });
    expect(lock.holder?.executionArn).toBe(mine);
  });

  it('skips a run that has waited so long, with a record', async () => {
    const input = { waitMinutes: 10 };
    expect(await start(input, memoryLock(theirs), true, minutesAfterStart(10))).toMatchObject({ status: 'skipped' });
    expect(written.runs).toHaveLength(1);
  });

  it('is taken from an execution that is over', async () => {
    const lock = memoryLock(theirs);
    await start({}, lock, false);
    expect(lock.holder?.executionArn).toBe(mine);
  });

  it('is taken again by the same execution, so that the step may be repeated', async () => {
    const lock = memoryLock();
    const first = await start({}, lock, true);
    expect(await start({}, lock, true)).toEqual(first);
  });

  it('goes to one of two that find the same dead holder', async () => {
    const lock = memoryLock(theirs);
    const faster: LockHolder = { executionArn: mine.replace('mine', 'faster'), runId: 'faster-run' };
    const overtaken: RunLock = {
      ...lock,
      acquire: async (wanted, dead) => {
        if (dead !== undefined) await lock.acquire(faster, dead);
        return lock.acquire(wanted, dead);
      },
    };
    expect(await start({}, overtaken, false)).toMatchObject({
      status: 'skipped',
      reason: 'the run faster-run is under way',
    });
  });
});
