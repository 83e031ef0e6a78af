import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../localstack/command.ts';
import { type Spark, startSpark } from './spark.ts';

/** The harness itself: what it hands over of Spark's answers, and that nothing of it stays behind. */
let directory: string;
let spark: Spark;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'conformance-spark-'));
  spark = await startSpark({ directory: join(directory, 'session'), onProgress: console.info });
});

afterAll(async () => {
  await spark?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Command lines of the running processes in which a text occurs. */
async function processesWith(text: string): Promise<readonly string[]> {
  const { output = '' } = (await runCommand('ps', ['-e', '-ww', '-o', 'args='])) ?? {};
  return output.split('\n').filter((line) => line.includes(text));
}

async function untilGone(text: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while ((await processesWith(text)).length > 0 && Date.now() < deadline) await sleep(100);
  expect(await processesWith(text)).toEqual([]);
}

describe('a Spark session', () => {
  it('gives every type exactly', async () => {
    const { columns, rows } = await spark.query(
      `select true, 1Y, 9007199254740993, cast(0.1 as float), -0.0d, double('NaN'), 1.50BD, date '1969-07-20',
         timestamp_ntz '2024-01-01 00:00:00.5', timestamp_ltz '2024-01-01 00:00:00', 'żółw', X'00ff', array(1, null),
         map('k', 1), named_struct('a', 1, 'b', 'x'), interval '-1 02:03:04' day to second, interval 14 month, null`,
    );
    expect(columns.map(({ type }) => type)).toEqual([
      ...['boolean', 'tinyint', 'bigint', 'real', 'double', 'double', 'decimal(3,2)', 'date', 'timestamp(6)'],
      ...['timestamp(6) with time zone', 'varchar', 'varbinary', 'array(integer)', 'map(varchar, integer)'],
      ...['row(a integer, b varchar)', 'interval day to second', 'interval year to month', 'unknown'],
    ]);
    expect(rows).toEqual([
      [
        ...[true, 1, 9007199254740993n, 0.1, -0, 'NaN', '1.50', '1969-07-20', '2024-01-01 00:00:00.500000'],
        ...['2024-01-01 00:00:00.000000 UTC', 'żółw', 'AP8=', [1, null], { k: 1 }, [1, 'x']],
        ...['-1 02:03:04.000', '1-2', null],
      ],
    ]);
  });

  it.each([
    ['select 1 / 0', 'DIVIDE_BY_ZERO', /Division by zero/],
    ['select id / 0 from range(3)', 'DIVIDE_BY_ZERO', /Division by zero/],
    [`select cast('x' as int)`, 'CAST_INVALID_INPUT', /'x'/],
    ['select * from nowhere', 'TABLE_OR_VIEW_NOT_FOUND', /nowhere/],
    [`select raise_error('no rate')`, 'RuntimeException', /^no rate$/],
  ])('tells what is wrong with %s', async (sql, errorClass, message) => {
    await expect(spark.query(sql)).rejects.toMatchObject({ errorClass, message: expect.stringMatching(message) });
  });

  it('reads files as a view of any name', async () => {
    const file = join(directory, 'rows.json');
    await writeFile(file, '{"id": 1, "at": "2026-01-01 10:00:00"}\n{"id": 2}\n');
    const view = { name: 'silver.products', format: 'json', schema: 'id bigint, at timestamp_ntz' } as const;
    await spark.bind({ ...view, files: [file] });
    expect((await spark.query('select * from `silver.products` order by id')).rows).toEqual([
      [1, '2026-01-01 10:00:00.000000'],
      [2, null],
    ]);
    await spark.bind({ ...view, files: [] });
    expect((await spark.query('select * from `silver.products`')).rows).toEqual([]);
  });

  it('calls a function of a Python file, whose prints disturb nothing', async () => {
    const file = join(directory, 'some_job.py');
    await writeFile(file, 'def main(session, n):\n  print("noise")\n  return {"rows": session.range(n).count()}\n');
    expect(await spark.call({ file, function: 'main', argument: 7 })).toEqual({ rows: 7 });
    await expect(spark.call({ file, function: 'main', argument: 'x' })).rejects.toThrow();
  });

  it('leaves nothing behind when it is stopped in the middle of a query', async () => {
    const other = join(directory, 'stopped');
    const doomed = await startSpark({ directory: other });
    const query = doomed.query('select count(*) from range(1000000000000)').catch((error: unknown) => error);
    await sleep(500);
    await doomed.stop();
    expect(await query).toMatchObject({ code: 'not_ready' });
    await untilGone(other);
    await expect(readdir(other)).rejects.toThrow('ENOENT');
  });

  it('ends when the process that started it is killed', async () => {
    const other = join(directory, 'orphaned');
    const script = `
      import { startSpark } from ${JSON.stringify(join(import.meta.dirname, 'spark.ts'))};
      await startSpark({ directory: ${JSON.stringify(other)} });
      console.log('ready');`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    await new Promise((resolve, reject) => parent.stdout.once('data', resolve) && parent.once('close', reject));
    expect(await processesWith(other)).not.toEqual([]);
    parent.kill('SIGKILL');
    await untilGone(other);
  });
});
