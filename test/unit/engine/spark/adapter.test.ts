import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StillRunning, type WriteRequest } from '../../../../engine/adapters/adapter.ts';
import { type SparkAdapterOptions, sparkAdapter, stopJobRuns } from '../../../../engine/adapters/spark/adapter.ts';
import type { JobRequest } from '../../../../engine/adapters/spark/job-request.ts';
import { type S3Server, startS3Server } from '../../../fixtures/s3-server.ts';
import { type Look, type Script, ScriptedGlue } from '../../../fixtures/scripted-glue.ts';

let server: S3Server;

beforeEach(async () => {
  server = await startS3Server();
});

afterEach(() => server.close());

const pathOf = (uri: string): string => uri.slice('s3://'.length);

function open(glue: ScriptedGlue, options: Partial<SparkAdapterOptions> = {}) {
  return sparkAdapter({ glue: glue.client, s3: server.s3, jobName: 'job', location: 's3://lake/staging', ...options });
}

const requestAt = (uri: string): JobRequest => JSON.parse(server.objects.get(pathOf(uri))?.toString() ?? '');

/** The job: leaves this answer. */
const answering = (answer: unknown) => async (uri: string) => {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  server.objects.set(pathOf(requestAt(uri).answer), Buffer.from(text));
};

const succeeding = (answer: unknown): Script => [
  { JobRunState: 'STARTING' },
  { JobRunState: 'RUNNING' },
  { JobRunState: 'SUCCEEDED', does: answering(answer) },
];

const ROWS = { rows: [{ n: 1 }] };
const QUERY = { sql: 'select 1 as n;', inputs: [], asOf: '2026-11-21' };
const WRITE: WriteRequest = {
  ...QUERY,
  columns: [{ id: 1, name: 'n', type: 'bigint' }],
  partitionBy: [{ column: 'n', transform: 'identity' }],
  sortBy: [],
  destination: 's3://lake/gold/numbers/data',
};
const soon = (): Date => new Date(Date.now() + 30);

describe('a query', () => {
  it('is put beside where its answer is expected, and both are gone at the end', async () => {
    const glue = new ScriptedGlue(succeeding(ROWS));
    const adapter = open(glue);
    expect(await adapter.query(QUERY)).toEqual(ROWS.rows);
    const [uri = ''] = glue.started;
    const { statements, sql, answer, maxRows, write } = requestAt(uri);
    expect({ sql, maxRows, write }).toEqual({ sql: 'select 1 as n', maxRows: 100_000, write: undefined });
    expect(statements).toContain('set tributary.as_of=2026-11-21');
    expect(answer).toBe(uri.replace('request.json', 'answer.json'));
    await adapter.close();
    expect([...server.objects.keys()]).toEqual([]);
    expect(glue.stopped).toEqual([]);
  });

  it('binds the inputs that it names', async () => {
    const glue = new ScriptedGlue(succeeding(ROWS));
    const table = (name: string) => ({ name, format: 'json', columns: [], files: [] }) as const;
    const inputs = [table('gold.sales'), table('gold.other')];
    await open(glue).query({ ...QUERY, sql: 'select count(*) as n from `gold.sales`', inputs });
    expect(requestAt(glue.started[0] ?? '').views.map(({ name }) => name)).toEqual(['gold.sales']);
  });

  it('waits where as many runs as may be are under way', async () => {
    const glue = new ScriptedGlue(ScriptedGlue.busy, ScriptedGlue.busy, succeeding(ROWS));
    expect(await open(glue).query(QUERY)).toEqual(ROWS.rows);
    expect(glue.started).toHaveLength(1);
  });

  it('is refused where it needs the position of files', async () => {
    const input = { name: 'gold.sales', format: 'parquet', columns: [], files: [], filePosition: 'file' } as const;
    const asked = open(new ScriptedGlue()).query({ ...QUERY, sql: 'select * from `gold.sales`', inputs: [input] });
    await expect(asked).rejects.toMatchObject({ code: 'engine_unsupported', where: 'gold.sales' });
  });

  it('passes on why it could not be started', async () => {
    const asked = open(new ScriptedGlue(new Error('there is no such job'))).query(QUERY);
    await expect(asked).rejects.toThrow('there is no such job');
  });
});

describe('a run that fails', () => {
  it.each<[string, Look, object]>([
    [
      'with an answer',
      {
        JobRunState: 'FAILED',
        ErrorMessage: 'SystemExit: 1',
        does: (uri) =>
          answering({ error: { code: 'schema_mismatch', message: 'n is missing', advice: 'Add it.' } })(uri),
      },
      { code: 'schema_mismatch', message: 'n is missing', where: 'jr_1', advice: 'Add it.' },
    ],
    [
      'with the place of what is missing',
      {
        JobRunState: 'FAILED',
        does: (uri) => answering({ error: { code: 'object_missing', message: 'gone', where: 's3://lake/x' } })(uri),
      },
      { code: 'object_missing', where: 's3://lake/x' },
    ],
    [
      'without an answer',
      { JobRunState: 'FAILED', ErrorMessage: 'OutOfMemoryError' },
      { code: 'query_failed', message: 'the job run failed: OutOfMemoryError', where: 'jr_1' },
    ],
    ['by being stopped', { JobRunState: 'STOPPED' }, { code: 'query_cancelled', where: 'jr_1' }],
    [
      'by taking too long',
      { JobRunState: 'TIMEOUT', Timeout: 120 },
      { code: 'query_timeout', message: expect.stringContaining('120 minutes'), where: 'jr_1' },
    ],
    [
      'by Glue’s own fault',
      { JobRunState: 'ERROR', ErrorMessage: 'no capacity' },
      { code: 'query_failed', message: expect.stringContaining('no capacity') },
    ],
    ['by waiting too long in the queue', { JobRunState: 'EXPIRED' }, { code: 'query_failed' }],
    ['to answer', { JobRunState: 'SUCCEEDED' }, { code: 'answer_missing', where: 'jr_1' }],
    [
      'to answer in JSON',
      { JobRunState: 'SUCCEEDED', does: (uri) => answering('{"rows": [')(uri) },
      { code: 'answer_invalid' },
    ],
    [
      'to answer what was asked',
      { JobRunState: 'SUCCEEDED', does: (uri) => answering({ files: [] })(uri) },
      { code: 'answer_invalid' },
    ],
  ])('%s says so, and is not started again', async (_how, end, error) => {
    const glue = new ScriptedGlue([{ JobRunState: 'RUNNING' }, end]);
    const adapter = open(glue);
    await expect(adapter.query(QUERY)).rejects.toMatchObject(error);
    expect(glue.started).toHaveLength(1);
    await adapter.close();
    expect([...server.objects.keys()]).toEqual([]);
  });
});

describe('a run that takes longer than the call', () => {
  it('is told before it is waited for, and found again by the token', async () => {
    const glue = new ScriptedGlue([
      ...Array(6).fill({ JobRunState: 'RUNNING' }),
      { JobRunState: 'SUCCEEDED', does: answering(ROWS) },
    ]);
    const remembered: string[] = [];
    const remember = async (token: string) => void remembered.push(token);
    let token: string | undefined;
    for (let calls = 0; calls < 2; calls += 1) {
      const call = open(glue, { remember, deadline: soon(), ...(token !== undefined && { token }) });
      const error = await call.query(QUERY).catch((thrown: unknown) => thrown);
      token = error instanceof StillRunning ? error.token : undefined;
      expect(token).toBe(remembered[0]);
    }
    const adapter = open(glue, { token: token ?? '' });
    expect(await adapter.query(QUERY)).toEqual(ROWS.rows);
    // A query that has ended gives its answer again.
    expect(await open(glue, { token: token ?? '' }).query(QUERY)).toEqual(ROWS.rows);
    expect(glue.started).toHaveLength(1);
    await adapter.close();
    expect([...server.objects.keys()]).toEqual([]);
  });

  it('tells apart what it has started by what it does', async () => {
    const glue = new ScriptedGlue(succeeding(ROWS), succeeding({ rows: [{ n: 2 }] }));
    const adapter = open(glue);
    expect(await adapter.query(QUERY)).toEqual(ROWS.rows);
    expect(await adapter.query({ ...QUERY, asOf: '2026-11-22' })).toEqual([{ n: 2 }]);
    expect(await adapter.query(QUERY)).toEqual(ROWS.rows);
  });

  it('starts in a later call where none was free', async () => {
    const glue = new ScriptedGlue(...Array(3).fill(ScriptedGlue.busy), ...Array(20).fill(succeeding(ROWS)));
    const first = open(glue, { deadline: soon() });
    const error = await first.query(QUERY).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'still_running', token: '{}' });
    expect([...server.objects.keys()]).toEqual([]);
    expect(await open(glue, { token: '{}' }).query(QUERY)).toEqual(ROWS.rows);
    expect(glue.started).toHaveLength(1);
  });

  it('is stopped by its token, or at the end of the build', async () => {
    const glue = new ScriptedGlue([{ JobRunState: 'RUNNING' }]);
    const { token } = await open(glue, { deadline: soon() })
      .query(QUERY)
      .catch((error) => error);
    await stopJobRuns(glue.client, 'job', token);
    expect(glue.stopped).toEqual(['jr_1']);
    await open(glue, { token }).close();
    expect(glue.stopped).toEqual(['jr_1', 'jr_1']);
    expect([...server.objects.keys()]).toEqual([]);
  });
});

describe('a run that is stopped', () => {
  it('stops its job run', async () => {
    const stop = new AbortController();
    const glue = new ScriptedGlue([{ JobRunState: 'RUNNING' }]);
    const asked = open(glue, { signal: stop.signal }).query(QUERY);
    setTimeout(() => stop.abort(), 20);
    await expect(asked).rejects.toMatchObject({ code: 'run_stopped' });
    expect(glue.stopped).toEqual(['jr_1']);
  });

  it('starts nothing more', async () => {
    const glue = new ScriptedGlue(...Array(20).fill(ScriptedGlue.busy));
    const asked = open(glue, { signal: AbortSignal.timeout(20) }).query(QUERY);
    await expect(asked).rejects.toMatchObject({ code: 'run_stopped' });
    expect(glue.started).toEqual([]);
  });
});

describe('a write', () => {
  /** The job: writes two files and leaves something else there. */
  const writing: Script = [
    {
      JobRunState: 'SUCCEEDED',
      async does(uri) {
        const folder = requestAt(uri).write?.folder ?? '';
        const content = Buffer.from(parquetWriteBuffer({ columnData: [{ name: 'n', data: [7n, 5n], type: 'INT64' }] }));
        const names = ['a', 'b'].map((name) => `${folder}/${name}.parquet`);
        for (const name of [...names, `${folder}/_temporary/c.parquet`]) server.objects.set(pathOf(name), content);
        const files = names.map((path, index) => ({
          ...{ path, bytes: content.length, rows: 2, hash: String(10 ** index), partition: [index === 0 ? '5' : null] },
        }));
        await answering({ files })(uri);
      },
    },
  ];

  it('describes the files, and keeps nothing else', async () => {
    const adapter = open(new ScriptedGlue(writing));
    const files = await adapter.write(WRITE);
    expect(files.map(({ rows, content, partition }) => ({ rows, content, partition }))).toEqual([
      { rows: 2, content: '2-1', partition: [5n] },
      { rows: 2, content: '2-a', partition: [null] },
    ]);
    expect(files[0]?.stats.get(1)).toMatchObject({ valueCount: 2, nullCount: 0 });
    await adapter.close();
    expect([...server.objects.keys()].sort()).toEqual(files.map(({ path }) => pathOf(path)).sort());
  });

  it('is refused where the answer says nothing of files', async () => {
    await expect(open(new ScriptedGlue(succeeding(ROWS))).write(WRITE)).rejects.toMatchObject({
      code: 'answer_invalid',
    });
  });

  it('leaves alone what an earlier call may have published', async () => {
    const glue = new ScriptedGlue(writing);
    const tokens: string[] = [];
    const files = await open(glue, { remember: async (token) => void tokens.push(token) }).write(WRITE);
    await open(glue, { token: tokens[0] ?? '' }).close();
    expect([...server.objects.keys()]).toEqual(expect.arrayContaining(files.map(({ path }) => pathOf(path))));
  });

  it('leaves nothing where its files cannot be read', async () => {
    const adapter = open(new ScriptedGlue(writing));
    server.fault = (request) => (request.endsWith('b.parquet') ? { status: 404, code: 'NoSuchKey' } : undefined);
    await expect(adapter.write(WRITE)).rejects.toMatchObject({ code: 'object_missing' });
    await adapter.close();
    expect([...server.objects.keys()]).toEqual([]);
  });
});
