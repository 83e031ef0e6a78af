import { randomBytes } from 'node:crypto';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executeExtraction } from '../../cli/extract/execute.ts';
import { IntakeReader, waitForIntake } from '../../cli/load/intake.ts';
import { loadPlatform } from '../../cli/platform.ts';
import { lambda, s3, secretsManager, ssm } from '../../common/aws.ts';
import {
  type ExtractionSettings,
  extractionParameter,
  parseExtraction,
  secretName,
} from '../../events/extract/extraction.ts';
import type { Platform } from '../../infra/platform.ts';
import { linesOf } from '../fixtures/extract.ts';
import { type HttpServer, sendJson, startHttpServer } from '../fixtures/http-server.ts';
import { POSTGRES_PASSWORD, POSTGRES_USER, PostgresServer } from '../fixtures/postgres-server.ts';

let platform: Platform;
let api: HttpServer;
let database: PostgresServer;
const startedAt = new Date();

beforeAll(async () => {
  platform = await loadPlatform();
  api = await startHttpServer((_, response) => sendJson(response, []));
  database = await PostgresServer.start();
});
afterAll(async () => {
  await api?.close();
  await database?.stop();
});

/** Ends the sessions of pulls that are under way. */
const terminatePulls = () =>
  database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'tributary-extract%'`,
  );

/** Deploys the settings and the secret of an extraction, as CloudFormation and an operator do. */
async function deployExtraction(settings: ExtractionSettings, secret: object): Promise<void> {
  const extraction = parseExtraction(settings);
  const Value = JSON.stringify(extraction);
  await ssm().send(new PutParameterCommand({ Name: extractionParameter(extraction.name), Value, Type: 'String' }));
  const SecretString = JSON.stringify(secret);
  await secretsManager().send(new CreateSecretCommand({ Name: secretName(extraction), SecretString }));
}

const extract = (name: string, from?: string) => executeExtraction({ lambda: lambda(), ssm: ssm() }, name, from);

async function landed(files: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const contents = await Promise.all(
    files.map(async (Key) => {
      const { Body } = await s3().send(new GetObjectCommand({ Bucket: platform.buckets.landing, Key }));
      return linesOf(Buffer.from((await Body?.transformToByteArray()) ?? []));
    }),
  );
  return contents.flat().map((line) => JSON.parse(line));
}

/** What the ledger says of landed files, once they have been taken in. */
async function takenIn(files: readonly string[]) {
  const isOf = (origin: string) => files.some((file) => origin.startsWith(`${file}#`));
  const reader = new IntakeReader(s3(), platform.buckets.operations, startedAt);
  const recordsOf = async () => [...(await reader.read()).values()].flat().filter(({ origin }) => isOf(origin));
  await waitForIntake(
    { read: () => reader.read() },
    (intake) => [...intake.values()].flat().filter(({ origin }) => isOf(origin)).length >= files.length,
    { patienceMs: 120_000 },
  );
  return recordsOf();
}

describe('a REST API', () => {
  it('is pulled through its pages into bronze, and again only what is new', async () => {
    const all = Array.from({ length: 25 }, (_, n) => ({
      product_id: `R${n}`,
      name: `product ${n}`,
      updated_at: `2026-10-${String(n + 1).padStart(2, '0')}T00:00:00Z`,
    }));
    api.answer = ({ query, headers }, response) => {
      if (headers.authorization !== 'Bearer t0ken') return void response.writeHead(401).end();
      const matching = all.filter(({ updated_at }) => updated_at >= (query.get('since') ?? ''));
      const at = Number(query.get('cursor') ?? 0);
      sendJson(response, { items: matching.slice(at, at + 10), next: at + 10 < matching.length ? at + 10 : null });
    };
    await deployExtraction(
      {
        name: 'shop',
        source: 'erp_products',
        kind: 'rest',
        schedule: 'rate(1 hour)',
        url: `${api.origin}/products`,
        records: 'items',
        since: { parameter: 'since', format: 'iso' },
        paging: { kind: 'cursor', parameter: 'cursor', next: 'next' },
        auth: { kind: 'bearer' },
        requestsPerSecond: 1000,
      },
      { token: 't0ken' },
    );
    const first = await extract('shop');
    expect(first).toMatchObject({
      source: 'erp_products',
      from: null,
      records: 25,
      watermark: '2026-10-25T00:00:00.000000Z',
    });
    expect(await takenIn(first.files)).toMatchObject([{ status: 'ingested', received: 25, accepted: 25 }]);
    all.push({ product_id: 'R99', name: 'new', updated_at: '2026-10-26T00:00:00Z' });
    const second = await extract('shop');
    expect(await landed(second.files)).toMatchObject([{ product_id: 'R24' }, { product_id: 'R99' }]);
    api.answer = (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sorry</h1>');
    await expect(extract('shop')).rejects.toMatchObject({ code: 'api_sent_html' });
  });
});

describe('a PostgreSQL database', () => {
  it('is pulled in parts of a file that are large enough to be uploaded one by one', async () => {
    const count = 40_000;
    await database.query(`
      create table products (product_id text primary key, name text, unit_price numeric(18,4), updated_at timestamptz);
      create index on products (updated_at, product_id)`);
    await database.query(
      `insert into products
       select 'D' || n, $1 || n || (select string_agg(md5(n::text || m || random()), '') from generate_series(1, 12) m),
         n / 8.0, '2026-10-01T00:00:00Z'::timestamptz + n * interval '1 second'
       from generate_series(1, $2::int) n`,
      [randomBytes(8).toString('hex'), count],
    );
    await deployExtraction(
      {
        name: 'erp',
        source: 'erp_products',
        kind: 'postgres',
        schedule: 'rate(1 hour)',
        host: '127.0.0.1',
        port: database.port,
        database: 'postgres',
        table: 'products',
        tls: 'off',
      },
      { username: POSTGRES_USER, password: POSTGRES_PASSWORD },
    );
    const report = await extract('erp');
    expect(report).toMatchObject({ records: count, watermark: '2026-10-01T11:06:40.000000Z' });
    expect(await takenIn(report.files)).toMatchObject([{ status: 'ingested', received: count, accepted: count }]);
    expect((await landed(report.files))[0]).toMatchObject({ product_id: 'D1', unit_price: '0.1250' });
  });

  it('whose session is ended half-way is pulled whole the next time', async () => {
    await database.query(`update products set updated_at = updated_at + interval '1 day'`);
    let outcome: unknown;
    const failing = extract('erp').then(
      (report) => {
        outcome = report;
      },
      (thrown) => {
        outcome = thrown;
      },
    );
    while (outcome === undefined) await Promise.race([failing, terminatePulls()]);
    expect(outcome).toMatchObject({ code: 'database_connection_lost' });
    const report = await extract('erp');
    expect(report).toMatchObject({ records: 40_000, watermark: '2026-10-02T11:06:40.000000Z' });
  });

  it('that is unknown, or without secret, is told so', async () => {
    await expect(extract('nothing')).rejects.toMatchObject({ code: 'unknown_extraction' });
  });
});
