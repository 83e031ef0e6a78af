import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contractOfExtraction, type ExtractionSettings, parseExtraction } from '../../../events/extract/extraction.ts';
import type { PullSource } from '../../../events/extract/pull.ts';
import { postgresSource } from '../../../lambdas/extract-postgres/postgres-source.ts';
import { type ExtractOutcome, extract } from '../../../lambdas/shared/extract.ts';
import { MemoryExtractions } from '../../fixtures/extract.ts';
import { POSTGRES_CA, POSTGRES_PASSWORD, POSTGRES_USER, PostgresServer } from '../../fixtures/postgres-server.ts';

type PostgresSettings = Extract<ExtractionSettings, { kind: 'postgres' }>;

const login = { username: POSTGRES_USER, password: POSTGRES_PASSWORD };

let server: PostgresServer;
let memory: MemoryExtractions;

beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(() => server.stop());

beforeEach(async () => {
  memory = new MemoryExtractions();
  await server.query(`
    drop table if exists products cascade;
    create table products (product_id text primary key, name text, updated_at timestamptz not null)`);
});

const addProducts = (count: number, begin = '2026-10-01') =>
  server.query(
    `insert into products select 'P' || lpad(n::text, 6, '0'), 'product ' || n, $1::timestamptz + n * interval '1 minute'
     from generate_series(0, $2 - 1) n`,
    [`${begin}T00:00:00Z`, count],
  );

const settings = (more: Partial<PostgresSettings> = {}): PostgresSettings => ({
  name: 'erp',
  source: 'erp_products',
  kind: 'postgres',
  schedule: 'rate(1 hour)',
  host: '127.0.0.1',
  port: server.port,
  database: 'postgres',
  table: 'products',
  tls: 'off',
  ...more,
});

interface Invocation {
  readonly secret?: object;
  readonly remaining?: () => number;
  /** What a test does between the batches of a pull. */
  readonly between?: (batch: number) => Promise<unknown>;
  readonly fileBytes?: number;
}

const pull = (more: Partial<PostgresSettings> = {}, invocation: Invocation = {}): Promise<ExtractOutcome> =>
  extract(
    { name: 'erp' },
    {
      ...memory,
      settingsOf: async () => parseExtraction(settings(more)),
      sourceOf: async (extraction) => {
        if (extraction.kind !== 'postgres') throw new Error('not PostgreSQL');
        const secret = invocation.secret ?? login;
        const contract = contractOfExtraction(extraction);
        return disturbed(postgresSource({ extraction, contract, secret: JSON.stringify(secret) }), invocation.between);
      },
      remaining: invocation.remaining ?? (() => 900_000),
      holder: 'this',
    },
  );

/** A source that is real, with a test's interference between its batches. */
const disturbed = (source: PullSource, between: Invocation['between'] = async () => undefined): PullSource => ({
  ...source,
  async *read(from, position) {
    let batches = 0;
    for await (const batch of source.read(from, position)) {
      yield batch;
      await between(++batches);
    }
  },
});

const failure = async (pulling: Promise<unknown>): Promise<{ code: string; message: string; all: string }> => {
  try {
    await pulling;
  } catch (thrown) {
    const { code, message } = Object(thrown);
    return { code, message, all: String(thrown) + Object(thrown).stack };
  }
  throw new Error('it did not fail');
};

const nothingKept = (): void => {
  expect(memory.landed).toEqual([]);
  expect(memory.underWay).toBe(0);
  expect(memory.state).toMatchObject({ watermark: null, pull: null, last: null });
  expect(memory.holders.size).toBe(0);
};

const ids = (key?: string): unknown[] => memory.records(key).map(({ product_id }) => product_id);
const idsUpTo = (count: number): string[] => Array.from({ length: count }, (_, n) => `P${String(n).padStart(6, '0')}`);

/** Ends the session of the pull, as an administrator or a failover does. */
const terminatePull = () =>
  server.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'tributary-extract%'`,
  );

describe('a table', () => {
  it('is pulled whole at first, and then what has changed, less the overlap', async () => {
    await addProducts(130);
    expect(await pull({ overlapSeconds: 60 })).toMatchObject({
      status: 'finished',
      records: 130,
      from: null,
      watermark: '2026-10-01T02:09:00.000000Z',
    });
    expect(ids()).toEqual(idsUpTo(130));
    await server.query(
      `update products set name = 'new', updated_at = '2026-10-02T00:00:00.123456Z' where product_id = 'P000007'`,
    );
    const outcome = await pull({ overlapSeconds: 60 });
    expect(outcome).toMatchObject({ from: '2026-10-01T02:08:00.000000Z', watermark: '2026-10-02T00:00:00.123456Z' });
    expect(ids(memory.landed[1])).toEqual(['P000128', 'P000129', 'P000007']);
    expect(memory.records().at(-1)).toEqual({
      product_id: 'P000007',
      name: 'new',
      updated_at: '2026-10-02T00:00:00.123456Z',
    });
  });

  it('that has not changed is not landed again and again', async () => {
    await addProducts(10);
    for (let times = 0; times < 5; times++) await pull();
    expect(memory.landed).toHaveLength(2);
  });

  it('that is empty lands nothing', async () => {
    expect(await pull()).toMatchObject({ status: 'finished', records: 0, files: [], watermark: null });
  });

  it('may have many rows of one version, and keys of several columns', async () => {
    await server.query(`
      drop table products;
      create table "Odd ""Products""" ("product id" int, "select" text, "changed;" timestamp, primary key ("product id", "select"));
      insert into "Odd ""Products""" select n % 100, 'k' || n, '2026-10-01 12:00' from generate_series(1, 1000) n`);
    const odd = {
      table: 'Odd "Products"',
      versionColumn: 'changed;',
      keyColumns: ['product id', 'select'],
      batchRows: 64,
      rename: { 'product id': 'product_id', 'changed;': 'updated_at' },
    };
    let calls = 0;
    const isInterrupted = { remaining: () => (calls++ > 8 ? 0 : 900_000) };
    const first = await pull(odd, isInterrupted);
    expect(first).toMatchObject({ status: 'paused' });
    const second = await pull(odd);
    expect(second).toMatchObject({ status: 'finished', watermark: '2026-10-01T12:00:00.000000Z' });
    const keys = memory.records().map(({ select }) => select);
    expect(keys).toHaveLength(1000);
    expect(new Set(keys).size).toBe(1000);
    expect(memory.records()[0]).toEqual({ product_id: 0, select: 'k100', updated_at: '2026-10-01T12:00:00.000000Z' });
    await server.query('drop table "Odd ""Products"""');
  });

  it('may have keys and versions that are null', async () => {
    await server.query(`
      alter table products drop constraint products_pkey, alter updated_at drop not null, alter product_id drop not null;
      insert into products values (null, 'a', '2026-10-01Z'), (null, 'b', '2026-10-02Z'), ('P', 'c', null), ('Q', 'd', '2026-10-03Z')`);
    let calls = 0;
    await pull({ batchRows: 1 }, { remaining: () => (calls++ > 2 ? 0 : 900_000) });
    await pull({ batchRows: 1 });
    expect(new Set(memory.records().map(({ name }) => name))).toEqual(new Set(['a', 'b', 'c', 'd']));
    expect(memory.state.watermark).toBe('2026-10-03T00:00:00.000000Z');
  });

  it('is seen as it was at one moment, whatever is written meanwhile', async () => {
    await addProducts(300);
    await pull(
      { batchRows: 100 },
      {
        between: (batch) =>
          server.query(`
            update products set name = 'changed ${batch}', updated_at = now();
            delete from products where product_id = 'P000299';
            insert into products values ('new ${batch}', 'new', now())`),
      },
    );
    expect(ids()).toEqual(idsUpTo(300));
    expect(memory.records().filter(({ name }) => String(name).startsWith('changed'))).toEqual([]);
    // The next pull has what was written meanwhile.
    await pull();
    const second = memory.records(memory.landed[1]);
    const changed = second.filter(({ name }) => String(name).startsWith('changed'));
    expect(changed.map(({ product_id }) => product_id)).toEqual(expect.arrayContaining(idsUpTo(299)));
    expect(second.map(({ product_id }) => product_id)).toEqual(expect.arrayContaining(['new 1', 'new 2']));
  });

  it('is read again as far back as the overlap, for what is committed late', async () => {
    await addProducts(10);
    const late = await server.connect();
    await late.query('begin');
    await late.query(`insert into products values ('late', 'late', '2026-10-01T00:08:30Z')`);
    await pull({ overlapSeconds: 120 });
    expect(memory.state.watermark).toBe('2026-10-01T00:09:00.000000Z');
    await late.query('commit');
    await pull({ overlapSeconds: 120 });
    expect(ids(memory.landed[1])).toEqual(['P000007', 'P000008', 'late', 'P000009']);
  });

  it('is read again from the beginning of a transaction that takes longer than the overlap', async () => {
    const slow = await server.connect();
    await slow.query('begin');
    await slow.query(`insert into products values ('slow', 'slow', now())`);
    await sleep(50);
    await server.query(`insert into products values ('quick', 'quick', now())`);
    await pull({ overlapSeconds: 0 });
    await slow.query('commit');
    await pull({ overlapSeconds: 0 });
    expect(ids(memory.landed[0])).toEqual(['quick']);
    expect(ids(memory.landed[1])).toEqual(['slow', 'quick']);
  });
});

describe('a connection', () => {
  it('is encrypted, with a server whose certificate is trusted and of its name', async () => {
    await addProducts(3);
    await server.query(`create view encrypted as select 'P' as product_id, s.ssl::text as name, now() as updated_at
      from pg_stat_ssl s where pid = pg_backend_pid()`);
    const secret = { ...login, ca: POSTGRES_CA };
    await pull({ tls: 'verify-full', host: 'localhost', table: 'encrypted' }, { secret });
    expect(memory.records()).toMatchObject([{ name: 'true' }]);
    await server.query('drop view encrypted');
  });
});

describe('types', () => {
  it('lose nothing', async () => {
    await server.query(`
      drop type if exists mood cascade; drop domain if exists positive cascade;
      create type mood as enum ('glad', 'so, "so"');
      create domain positive as bigint check (value > 0);
      alter table products
        add flag boolean, add small int2, add medium int4, add big int8, add amount numeric(38,20), add odd numeric,
        add ratio float8, add none float8, add endless float4, add day date, add local timestamp, add ever timestamptz,
        add gap interval, add bytes bytea, add doc json, add docb jsonb, add feeling mood, add counted positive,
        add tags text[], add matrix int[][], add amounts numeric[], add feelings mood[], add times timestamptz[],
        add boxes box[], add empty text[], add shifted int[], add uid uuid, add missing text, add words text;
      insert into products values ('P1', 'name', '2026-10-01T12:00:00.000001+02',
        true, -3, 2147483647, 9223372036854775807, 123456789012345678.12345678901234567890, 'NaN',
        0.1, 'NaN', '-Infinity', '2026-02-28', '2026-10-01 12:00:00.5', 'infinity',
        '1 day 2 hours', '\\x00ff10', E'{"a":\\n 1.10, "a": 12345678901234567890}', '{"b": [1, null]}', 'so, "so"', 7,
        array['a,b', 'q"uo\\te', null, 'NULL', '', '{}'], '{{1,2},{3,null}}', '{1.50,NaN}', '{glad,"so, \\"so\\""}',
        '{2026-10-01 00:00:00+00}', '{(1,1),(0,0);(3,3),(2,2)}', '{}', '[0:1]={4,5}',
        '11111111-2222-3333-4444-555555555555', null, E'tab\\tline\\nquote"\\\\ \\u20ac')`);
    await pull();
    const { landed } = memory;
    expect(memory.records(landed[0])).toEqual([
      {
        product_id: 'P1',
        name: 'name',
        updated_at: '2026-10-01T10:00:00.000001Z',
        flag: true,
        small: -3,
        medium: 2147483647,
        big: '9223372036854775807',
        amount: '123456789012345678.12345678901234567890',
        odd: 'NaN',
        ratio: 0.1,
        none: 'NaN',
        endless: '-Infinity',
        day: '2026-02-28',
        local: '2026-10-01T12:00:00.500000Z',
        ever: 'infinity',
        gap: 'P1DT2H',
        bytes: 'AP8Q',
        doc: { a: Number('12345678901234567890') },
        docb: { b: [1, null] },
        feeling: 'so, "so"',
        counted: '7',
        tags: ['a,b', 'q"uo\\te', null, 'NULL', '', '{}'],
        matrix: [
          [1, 2],
          [3, null],
        ],
        amounts: ['1.50', 'NaN'],
        feelings: ['glad', 'so, "so"'],
        times: ['2026-10-01T00:00:00.000000Z'],
        boxes: ['(1,1),(0,0)', '(3,3),(2,2)'],
        empty: [],
        shifted: [4, 5],
        uid: '11111111-2222-3333-4444-555555555555',
        missing: null,
        words: 'tab\tline\nquote"\\ €',
      },
    ]);
    expect(memory.lines(landed[0] ?? '')[0]).toContain('12345678901234567890');
  });
});

describe('a database that fails', () => {
  it('half-way, by a terminated session: nothing is kept, the next pull has it all', async () => {
    await addProducts(1000);
    const pulling = pull({ batchRows: 100 }, { between: async (batch) => batch === 3 && terminatePull() });
    expect((await failure(pulling)).code).toBe('database_connection_lost');
    nothingKept();
    await pull({ batchRows: 100 });
    expect(ids()).toEqual(idsUpTo(1000));
  });

  it('half-way, by a crash of the server', async () => {
    await addProducts(1000);
    const pulling = pull({ batchRows: 100 }, { between: async (batch) => batch === 3 && server.crash() });
    expect((await failure(pulling)).code).toBe('database_connection_lost');
    nothingKept();
    expect((await failure(pull())).code).toBe('database_unreachable');
    nothingKept();
    await server.resume();
    await pull();
    expect(ids()).toEqual(idsUpTo(1000));
  });

  it('by a lock that nobody gives free', async () => {
    await addProducts(10);
    const locker = await server.connect();
    await locker.query('begin; lock table products in access exclusive mode');
    expect((await failure(pull({ statementSeconds: 1 }))).code).toBe('database_timed_out');
    nothingKept();
    await locker.query('rollback');
    expect(await pull({ statementSeconds: 1 })).toMatchObject({ records: 10 });
  });

  it('by a statement that takes too long', async () => {
    await addProducts(10);
    await server.query(`create view slow_products as
      select product_id, name, updated_at, pg_sleep(0.3)::text as waited from products`);
    expect((await failure(pull({ table: 'slow_products', statementSeconds: 1 }))).code).toBe('database_timed_out');
    nothingKept();
  });

  it('by saying nothing any more', async () => {
    await addProducts(1000);
    const freeze = async () => {
      const { rows } = await server.query(
        `select pid from pg_stat_activity where application_name like 'tributary-extract%'`,
      );
      process.kill(rows[0].pid, 'SIGSTOP');
      frozen.push(rows[0].pid);
    };
    const frozen: number[] = [];
    const pulling = pull(
      { batchRows: 100, statementSeconds: 1 },
      { between: async (batch) => batch === 2 && freeze() },
    );
    expect((await failure(pulling)).code).toBe('database_timed_out');
    for (const pid of frozen) process.kill(pid, 'SIGCONT');
    nothingKept();
  });

  it.each<[code: string, more: Partial<PostgresSettings>, secret?: object]>([
    ['database_refused_credentials', {}, { username: POSTGRES_USER, password: 'wr0ng' }],
    ['secret_unusable', {}, { user: POSTGRES_USER, pass: 'wr0ng' }],
    ['database_not_found', { database: 'nowhere' }],
    ['table_not_found', { table: 'nothing' }],
    ['table_not_found', { schema: 'nowhere' }],
    ['column_not_found', { versionColumn: 'changed_at' }],
    ['column_not_found', { keyColumns: ['id'] }],
    ['column_not_found', { columns: ['product_id', 'price'] }],
    ['version_not_a_time', { versionColumn: 'name' }],
    ['database_tls_failed', { tls: 'verify-full', host: 'localhost' }],
    ['database_tls_failed', { tls: 'verify-full' }, { ...login, ca: POSTGRES_CA }],
    ['database_unreachable', { host: 'localhost', port: 1 }],
  ])('with %s: %o', async (code, more, secret) => {
    await addProducts(1);
    const failed = await failure(pull(more, { ...(secret && { secret }) }));
    expect(failed.code).toBe(code);
    for (const hidden of ['wr0ng', POSTGRES_PASSWORD]) expect(failed.all).not.toContain(hidden);
    nothingKept();
  });

  it('with a user who may not read the table', async () => {
    await addProducts(1);
    await server.query(`drop role if exists nosy; create role nosy login password 'nosy'`);
    const { code } = await failure(pull({}, { secret: { username: 'nosy', password: 'nosy' } }));
    expect(code).toBe('database_permission_denied');
  });

  it('tells no values of rows', async () => {
    await addProducts(1);
    await server.query(
      `create view broken as select product_id, updated_at, ('jane@' || product_id)::int from products`,
    );
    const failed = await failure(pull({ table: 'broken' }));
    expect(failed.code).toBe('database_failed');
    expect(failed.message).toContain('22P02');
    expect(failed.message).not.toContain('jane');
  });

  it('may not be talked to in clear over a network', () => {
    expect(() => parseExtraction({ ...settings(), host: 'db.example.com' })).toThrow(
      expect.objectContaining({ code: 'bad_extraction' }),
    );
  });
});

describe('large tables', () => {
  it('of 100,000 rows are pulled in bounded memory, over several invocations, nothing twice', async () => {
    await addProducts(100_000, '2026-01-01');
    await server.query(`update products set name = repeat(md5(product_id), 20)`);
    const begin = memoryInUse();
    let most = begin;
    let batches = 0;
    for (let invocations = 0; memory.state.watermark === null && invocations < 20; invocations++) {
      const stopAt = batches + 12;
      const between = async () => {
        if (++batches % 10 === 0) most = Math.max(most, memoryInUse());
      };
      await pull({}, { between, remaining: () => (batches >= stopAt ? 0 : 900_000) });
    }
    expect(memory.landed.length).toBeGreaterThan(2);
    expect(ids()).toEqual(idsUpTo(100_000));
    // Of 70 MB of rows, some batches and the compressed files of this test's store.
    expect(most - begin).toBeLessThan(30 * 1024 ** 2);
  });
});

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

/** Bytes, garbage excepted. */
function memoryInUse(): number {
  if (typeof collectGarbage !== 'function') throw new Error('there is no garbage collector to call');
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
