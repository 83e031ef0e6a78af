import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contractOfExtraction, type ExtractionSettings, parseExtraction } from '../../../events/extract/extraction.ts';
import { HttpClient } from '../../../lambdas/extract-rest/http-client.ts';
import { restSource } from '../../../lambdas/extract-rest/rest-source.ts';
import { type ExtractOutcome, extract } from '../../../lambdas/shared/extract.ts';
import { MemoryExtractions } from '../../fixtures/extract.ts';
import { type Answering, type HttpServer, sendJson, startHttpServer } from '../../fixtures/http-server.ts';

type RestSettings = Extract<ExtractionSettings, { kind: 'rest' }>;

const PAGE_SIZE = 3;
const BEGIN = Date.parse('2026-10-01T00:00:00Z');
const DAY = 86_400_000;

interface Product {
  readonly product_id: string;
  readonly updated_at: string;
}

/** Products changed a day apart from each other. */
const products = (count: number, from = 0): Product[] =>
  Array.from({ length: count }, (_, n) => ({
    product_id: `P${from + n}`,
    updated_at: new Date(BEGIN + (from + n) * DAY).toISOString(),
  }));

let server: HttpServer;
let memory: MemoryExtractions;
/** Waits that the client wished for, in milliseconds. */
let waits: number[];

beforeEach(async () => {
  server = await startHttpServer((_, response) => sendJson(response, []));
  memory = new MemoryExtractions();
  waits = [];
});
afterEach(() => server.close());

const settings = (more: Partial<RestSettings> = {}): RestSettings => ({
  name: 'shop',
  source: 'erp_products',
  kind: 'rest',
  schedule: 'rate(1 hour)',
  url: `${server.origin}/products`,
  records: 'data.items',
  since: { parameter: 'since', format: 'iso' },
  requestSeconds: 0.3,
  requestsPerSecond: 100_000,
  ...more,
});

interface Invocation {
  readonly secret?: unknown;
  readonly from?: string;
  /** Milliseconds that the invocation has left; by default plenty. */
  readonly remaining?: () => number;
}

const pull = (more: Partial<RestSettings> = {}, invocation: Invocation = {}): Promise<ExtractOutcome> =>
  extract(
    { name: 'shop', ...(invocation.from !== undefined && { from: invocation.from }) },
    {
      ...memory,
      settingsOf: async () => parseExtraction(settings(more)),
      sourceOf: async (extraction, timeLeft) => {
        if (extraction.kind !== 'rest') throw new Error('not REST');
        let slept = 0;
        const clock = {
          now: () => Date.now() + slept,
          sleep: async (milliseconds: number) => {
            slept += milliseconds;
            if (milliseconds >= 1) waits.push(milliseconds);
          },
          random: () => 0.5,
        };
        return restSource({
          extraction,
          contract: contractOfExtraction(extraction),
          secret: invocation.secret === undefined ? undefined : JSON.stringify(invocation.secret),
          client: new HttpClient(extraction, timeLeft, clock),
        });
      },
      remaining: invocation.remaining ?? (() => 900_000),
      holder: 'this',
    },
  );

const failure = async (pulling: Promise<unknown>): Promise<{ code: string; message: string; where: string }> => {
  try {
    await pulling;
  } catch (thrown) {
    const { code, message, where = '' } = Object(thrown);
    return { code, message, where };
  }
  throw new Error('it did not fail');
};

const numbered = { kind: 'page', parameter: 'page' } as const;

/** An API with numbered pages, which gives what has changed since a moment. */
const inPages =
  (all: () => readonly Product[]): Answering =>
  ({ query }, response) => {
    const since = query.get('since') ?? '';
    const begin = (Number(query.get('page') ?? 1) - 1) * PAGE_SIZE;
    const matching = all().filter(({ updated_at }) => updated_at >= since);
    sendJson(response, { data: { items: matching.slice(begin, begin + PAGE_SIZE), total: matching.length } });
  };

const ids = (): unknown[] => memory.records().map(({ product_id }) => product_id);
const idsOf = (some: readonly Product[]): string[] => some.map(({ product_id }) => product_id);

/** Nothing has landed, nothing is remembered: the next pull repeats this one. */
const nothingKept = (): void => {
  expect(memory.landed).toEqual([]);
  expect(memory.underWay).toBe(0);
  expect(memory.state).toMatchObject({ watermark: null, pull: null, last: null });
  expect(memory.holders.size).toBe(0);
};

describe('pages', () => {
  it('with numbers are read up to the first empty one', async () => {
    server.answer = inPages(() => products(8));
    const outcome = await pull({ paging: numbered });
    expect(outcome).toMatchObject({
      status: 'finished',
      records: 8,
      files: ['erp_products/extract/shop/all-0000-0000.ndjson.gz'],
      watermark: '2026-10-08T00:00:00.000000Z',
    });
    expect(ids()).toEqual(idsOf(products(8)));
    expect(server.requests.map(({ query }) => query.get('page'))).toEqual(['1', '2', '3', '4']);
  });

  it('may end with an answer that has no content', async () => {
    server.answer = (request, response) =>
      request.query.get('page') === '3'
        ? void response.writeHead(204).end()
        : inPages(() => products(9))(request, response);
    await pull({ paging: numbered });
    expect(ids()).toEqual(idsOf(products(6)));
  });

  it('with a number of pages are read up to the last, which some APIs repeat for ever', async () => {
    server.answer = ({ query }, response) => {
      const page = Math.min(2, Number(query.get('page')));
      sendJson(response, { data: { items: products(3, page * 3), pages: 2 } });
    };
    await pull({ paging: { ...numbered, pages: 'data.pages' } });
    expect(ids()).toEqual(idsOf(products(6, 3)));
  });

  it('with cursors are read up to the one without', async () => {
    const next: Readonly<Record<string, string | null>> = { '': 'a', a: 'b', b: null };
    server.answer = ({ query }, response) => {
      const cursor = query.get('cursor') ?? '';
      const at = Object.keys(next).indexOf(cursor);
      sendJson(response, { data: { items: products(2, at * 2) }, meta: { next: next[cursor] } });
    };
    await pull({ paging: { kind: 'cursor', parameter: 'cursor', next: 'meta.next' } });
    expect(ids()).toEqual(idsOf(products(6)));
  });

  it('with Link headers are followed, relative addresses too', async () => {
    server.answer = ({ query }, response) => {
      const page = Number(query.get('p') ?? 0);
      const link =
        page < 2 ? `</products?p=0>; rel="first", <?p=${page + 1}>; rel="next"` : '</products?p=1>; rel="prev"';
      sendJson(response, products(2, page * 2), { link });
    };
    await pull({ records: '', paging: { kind: 'link' } });
    expect(ids()).toEqual(idsOf(products(6)));
  });

  it('compressed are read, names of the API put under those of the contract, and numbers keep all digits', async () => {
    const item = '{"product":{"id":"P1"},"modified":"2026-10-01T02:00:00+02:00","unit_price":12345678901234.5678}';
    server.answer = (_, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(gzipSync(`\uFEFF{"data":{"items":[${item}]}}`));
    };
    const outcome = await pull({ rename: { 'product.id': 'product_id', modified: 'updated_at' } });
    expect(outcome).toMatchObject({ watermark: '2026-10-01T00:00:00.000000Z' });
    expect(memory.records()).toEqual([
      {
        product: { id: 'P1' },
        product_id: 'P1',
        updated_at: '2026-10-01T02:00:00+02:00',
        unit_price: '12345678901234.5678',
      },
    ]);
  });
});

describe('watermarks', () => {
  it('begin the next pull at the last version, less the overlap', async () => {
    server.answer = inPages(() => products(3));
    await pull({ paging: numbered, overlapSeconds: 3600 });
    server.answer = inPages(() => products(5));
    const outcome = await pull({ paging: numbered, overlapSeconds: 3600 });
    expect(server.requests.at(-1)?.query.get('since')).toBe('2026-10-02T23:00:00.000000Z');
    expect(outcome).toMatchObject({ records: 3, watermark: '2026-10-05T00:00:00.000000Z' });
    expect(memory.landed[1]).toBe('erp_products/extract/shop/20261002T230000.000000Z-0001-0000.ndjson.gz');
  });

  it('do not land again what the last pull has landed', async () => {
    server.answer = inPages(() => products(3));
    for (let times = 0; times < 5; times++) await pull({ paging: numbered });
    // The first pull asks for all, the second for the overlap; from then on nothing is new.
    expect(memory.landed).toHaveLength(2);
    server.answer = inPages(() => products(4));
    expect(await pull({ paging: numbered })).toMatchObject({ records: 2, unchangedFiles: 0 });
  });

  it('may be overridden, and never go back', async () => {
    server.answer = inPages(() => products(5));
    await pull({ paging: numbered });
    const outcome = await pull({ paging: numbered }, { from: '2026-10-02' });
    expect(outcome).toMatchObject({ from: '2026-10-02T00:00:00.000000Z', records: 4 });
    expect(memory.state.watermark).toBe('2026-10-05T00:00:00.000000Z');
  });

  it('do not run ahead of time when a record does', async () => {
    server.answer = inPages(() => [{ product_id: 'P1', updated_at: '2999-01-01T00:00:00Z' }]);
    await pull({ paging: numbered });
    expect(Date.parse(memory.state.watermark ?? '')).toBeLessThanOrEqual(Date.now());
  });

  it('stay when the invocation is killed after a file has landed; the repetition lands the same file', async () => {
    server.answer = inPages(() => products(4));
    memory.failState = true;
    expect((await failure(pull({ paging: numbered }))).code).toBe('killed');
    expect(memory.state.watermark).toBeNull();
    memory.failState = false;
    await pull({ paging: numbered });
    expect(memory.landed[1]).toBe(memory.landed[0]);
    expect(memory.files.size).toBe(1);
  });

  it('stay when the store is out of order', async () => {
    server.answer = inPages(() => products(4));
    memory.failLanding = true;
    await expect(pull({ paging: numbered })).rejects.toThrow('out of order');
    nothingKept();
  });

  it.each([
    ['date', '2026-10-02'],
    ['unix-seconds', '1790985600'],
    ['unix-milliseconds', '1790985600000'],
  ] as const)('are asked for as %s', async (format, asked) => {
    server.answer = inPages(() => products(3));
    const since = { parameter: 'since', format };
    await pull({ since, overlapSeconds: 0 });
    await pull({ since, overlapSeconds: 0 });
    expect(server.requests.at(-1)?.query.get('since')).toBe(asked === '2026-10-02' ? '2026-10-03' : asked);
  });
});

describe('long pulls', () => {
  it('stop before the time is up and go on in the next invocation', async () => {
    server.answer = inPages(() => products(10));
    let calls = 0;
    const first = await pull(
      { paging: numbered },
      { remaining: () => (server.requests.length >= 2 && calls++ >= 0 ? 0 : 900_000) },
    );
    expect(first).toMatchObject({ status: 'paused', records: 6, watermark: null });
    expect(memory.state.pull).toMatchObject({ position: { page: 3 } });
    const second = await pull({ paging: numbered });
    expect(second).toMatchObject({ status: 'finished', records: 4, watermark: '2026-10-10T00:00:00.000000Z' });
    expect(ids()).toEqual(idsOf(products(10)));
    expect(new Set(memory.landed).size).toBe(2);
  });

  it('begin again when the API has forgotten their cursor', async () => {
    let isForgotten = false;
    server.answer = ({ query }, response) => {
      const cursor = Number(query.get('cursor') ?? 0);
      if (isForgotten && cursor > 0) {
        isForgotten = false;
        response.writeHead(410).end();
        return;
      }
      sendJson(response, { data: { items: products(2, cursor * 2) }, next: cursor < 2 ? cursor + 1 : null });
    };
    const paging = { kind: 'cursor', parameter: 'cursor', next: 'next' } as const;
    await pull({ paging }, { remaining: () => (server.requests.length >= 1 ? 0 : 900_000) });
    isForgotten = true;
    const outcome = await pull({ paging });
    expect(outcome).toMatchObject({ status: 'finished', records: 6 });
    expect(new Set(ids())).toEqual(new Set(idsOf(products(6))));
  });

  it('are left to whoever is at it', async () => {
    memory.holders.set('extraction#shop', 'another');
    expect(await pull()).toEqual({ name: 'shop', status: 'busy', heldBy: 'another' });
    expect(server.requests).toEqual([]);
  });
});

describe('an API that does not get on', () => {
  it('repeats a page: nothing is kept', async () => {
    server.answer = (_, response) => sendJson(response, { data: { items: products(3) } });
    const { code, message } = await failure(pull({ paging: numbered }));
    expect(code).toBe('api_repeats_page');
    expect(message).toContain('page 2');
    expect(server.requests).toHaveLength(2);
    nothingKept();
  });

  it('has cursors that lead in a circle', async () => {
    let served = 0;
    server.answer = ({ query }, response) => {
      const next = query.get('cursor') === 'a' ? 'b' : 'a';
      sendJson(response, { data: { items: products(2, 2 * served++) }, next });
    };
    const { code } = await failure(pull({ paging: { kind: 'cursor', parameter: 'cursor', next: 'next' } }));
    expect(code).toBe('api_repeats_page');
    expect(server.requests).toHaveLength(3);
    nothingKept();
  });

  it('has empty pages without end', async () => {
    server.answer = (_, response) => sendJson(response, { data: { items: [] }, next: 'same' });
    const { code } = await failure(pull({ paging: { kind: 'cursor', parameter: 'cursor', next: 'next' } }));
    expect(code).toBe('api_repeats_page');
    nothingKept();
  });

  it('invents new pages for ever', async () => {
    let served = 0;
    server.answer = (_, response) => sendJson(response, { data: { items: products(1, served++) }, next: `c${served}` });
    const paging = { kind: 'cursor', parameter: 'cursor', next: 'next' } as const;
    expect((await failure(pull({ paging, maxPages: 20 }))).code).toBe('api_never_ends');
    expect(server.requests).toHaveLength(20);
    nothingKept();
  });

  it('links to another host: credentials do not go there', async () => {
    const elsewhere = await startHttpServer((_, response) => sendJson(response, []));
    try {
      server.answer = (_, response) =>
        sendJson(response, products(1), { link: `<${elsewhere.origin}/products>; rel=next` });
      const { code } = await failure(
        pull({ records: '', paging: { kind: 'link' }, auth: { kind: 'bearer' } }, { secret: { token: 't0ken' } }),
      );
      expect(code).toBe('api_links_elsewhere');
      expect(elsewhere.requests).toEqual([]);
      nothingKept();
    } finally {
      await elsewhere.close();
    }
  });
});

describe('data that changes during paging', () => {
  /** Each page but the first finds that the first product was changed just before and stands at the end now. */
  const moving = (): (() => readonly Product[]) => {
    let all = products(7);
    let asked = 0;
    return () => {
      if (asked++ === 1)
        all = [...all.slice(1), { product_id: 'P0', updated_at: new Date(BEGIN + 20 * DAY).toISOString() }];
      return all;
    };
  };

  it('misses nothing where the API sorts by version', async () => {
    server.answer = inPages(moving());
    await pull({ paging: { ...numbered, sortedByVersion: true } });
    expect(new Set(ids())).toEqual(new Set(idsOf(products(7))));
    const last = memory.records().findLast(({ product_id }) => product_id === 'P0');
    expect(last).toMatchObject({ updated_at: '2026-10-21T00:00:00.000Z' });
  });

  it('would miss a record where pages are counted', async () => {
    server.answer = inPages(moving());
    await pull({ paging: numbered });
    expect(ids()).not.toContain('P3');
  });

  it('is noticed by the number of records, and the pull is repeated', async () => {
    let all = products(7);
    server.answer = (request, response) => {
      if (request.query.get('page') === '2') all = all.filter(({ product_id }) => product_id !== 'P1');
      return inPages(() => all)(request, response);
    };
    const paging = { ...numbered, total: 'data.total' };
    expect((await failure(pull({ paging }))).code).toBe('api_changed_while_paging');
    nothingKept();
    await pull({ paging });
    expect(ids()).toEqual(idsOf(all));
  });

  it('may have more equal versions than a page holds', async () => {
    const tied = products(8, 2).map((product) => ({ ...product, updated_at: '2026-10-05T00:00:00.000Z' }));
    server.answer = inPages(() => [...products(2), ...tied]);
    await pull({ paging: { ...numbered, sortedByVersion: true } });
    expect(new Set(ids()).size).toBe(10);
  });

  it('is refused where the API does not sort as the settings say', async () => {
    server.answer = inPages(() => products(6).reverse());
    expect((await failure(pull({ paging: { ...numbered, sortedByVersion: true } }))).code).toBe('api_not_sorted');
    nothingKept();
  });
});

describe('an API that fails', () => {
  /** Misbehaves so many times, then answers well. */
  const failing = (times: number, misbehave: Answering): Answering => {
    let left = times;
    return (request, response) =>
      left-- > 0 ? misbehave(request, response) : inPages(() => products(2))(request, response);
  };

  it.each<[what: string, misbehave: Answering]>([
    ['500', (_, response) => void response.writeHead(500).end('oops')],
    ['503', (_, response) => void response.writeHead(503).end()],
    ['408', (_, response) => void response.writeHead(408).end()],
    ['no answer in time', () => undefined],
    ['a connection that is reset', (_, response) => void response.destroy()],
    [
      'a body that hangs half-way',
      (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{"data":{"items":['),
    ],
    [
      'less than the content length',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
        response.write('{"data":', () => response.destroy());
      },
    ],
    [
      'truncated JSON',
      (_, response) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{"items":[{"pro'),
    ],
  ])('once, with %s, is asked again', async (_, misbehave) => {
    server.answer = failing(1, misbehave);
    expect(await pull()).toMatchObject({ status: 'finished', records: 2 });
    expect(server.requests).toHaveLength(2);
    expect(waits).toEqual([250]);
  });

  it.each<[code: string, misbehave: Answering]>([
    ['api_failed', (_, response) => void response.writeHead(500).end('<h1>oops</h1>')],
    ['api_rate_limited', (_, response) => void response.writeHead(429).end()],
    ['api_timed_out', () => undefined],
    ['api_unreachable', (_, response) => void response.destroy()],
    ['api_sent_broken_json', (_, response) => void response.writeHead(200).end('{"data":')],
  ])('always is given up with %s after five attempts', async (code, misbehave) => {
    server.answer = misbehave;
    expect((await failure(pull())).code).toBe(code);
    expect(server.requests).toHaveLength(5);
    expect(waits).toEqual([250, 500, 1000, 2000]);
    nothingKept();
  });

  it('on a later page keeps nothing', async () => {
    server.answer = (request, response) => {
      if (request.query.get('page') === '2') response.writeHead(500).end();
      else return inPages(() => products(9))(request, response);
    };
    await failure(pull({ paging: numbered }));
    nothingKept();
  });

  it.each([
    ['seconds', () => '7', 7000],
    ['a date', () => new Date(Date.now() + 20_000).toUTCString(), 20_000],
  ])('with 429 is left alone for as long as it wishes, in %s', async (_, retryAfter, expected) => {
    server.answer = failing(
      1,
      (_request, response) => void response.writeHead(429, { 'retry-after': retryAfter() }).end(),
    );
    await pull();
    expect(waits).toHaveLength(1);
    expect(Math.abs((waits[0] ?? 0) - expected)).toBeLessThan(1500);
  });

  it('with 429 for longer than there is time ends the invocation; what was read before is kept', async () => {
    server.answer = (request, response) => {
      if (request.query.get('page') === '3') response.writeHead(429, { 'retry-after': '86400' }).end();
      else return inPages(() => products(9))(request, response);
    };
    expect(await pull({ paging: numbered })).toMatchObject({ status: 'paused', records: 6 });
    // Without any progress it fails, so that nobody calls again and again.
    const { code, message } = await failure(pull({ paging: numbered }));
    expect(code).toBe('api_rate_limited');
    expect(message).toContain('86400 s');
    server.answer = inPages(() => products(9));
    await pull({ paging: numbered });
    expect(ids()).toEqual(idsOf(products(9)));
  });

  it('is asked no faster than the settings allow', async () => {
    server.answer = inPages(() => products(6));
    await pull({ paging: numbered, requestsPerSecond: 2 });
    expect(waits.map((wait) => Math.round(wait / 100))).toEqual([5, 5]);
  });

  it('sends a web page', async () => {
    server.answer = (_, response) =>
      void response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<html><body><h1>Please log in</h1> key s3cret!</body>');
    const { code, message } = await failure(
      pull({ auth: { kind: 'api-key', header: 'x-key' } }, { secret: { key: 's3cret!' } }),
    );
    expect(code).toBe('api_sent_html');
    expect(message).toContain('200');
    expect(message).toContain('Please log in key •••');
    expect(server.requests).toHaveLength(1);
    nothingKept();
  });

  it('sends more than an answer may have', async () => {
    server.answer = (_, response) => {
      const zeros = gzipSync(Buffer.alloc(10_000_000, ' '));
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(zeros);
    };
    expect((await failure(pull({ maxAnswerBytes: 100_000 }))).code).toBe('api_answer_too_large');
    nothingKept();
  });

  it('has its records elsewhere now: their new place is told, no values', async () => {
    server.answer = (_, response) => sendJson(response, { result: [{ email: 'a@b.c' }], count: 1 });
    const { code, message } = await failure(pull());
    expect(code).toBe('api_shape_changed');
    expect(message).toContain('result, count');
    expect(message).not.toContain('a@b.c');
  });

  it.each([400, 404, 422])('refuses with %i at once', async (status) => {
    server.answer = (_, response) => void response.writeHead(status).end();
    expect(await failure(pull({ query: { customer: 'jane' } }))).toMatchObject({
      code: 'api_refused',
      where: expect.not.stringContaining('jane'),
    });
    expect(server.requests).toHaveLength(1);
  });
});

describe('credentials', () => {
  it.each([
    [{ kind: 'bearer' }, { token: 't0ken' }, 'authorization', 'Bearer t0ken'],
    [{ kind: 'api-key', header: 'x-api-key' }, { key: 'k3y' }, 'x-api-key', 'k3y'],
    [{ kind: 'basic' }, { username: 'ann', password: 'p:w' }, 'authorization', `Basic ${btoa('ann:p:w')}`],
  ] as const)('are sent: %o', async (auth, secret, header, value) => {
    server.answer = inPages(() => products(1));
    await pull({ auth }, { secret });
    expect(server.requests[0]?.headers[header]).toBe(value);
  });

  it('that are refused are said to be, and not told', async () => {
    server.answer = (_, response) => void response.writeHead(401).end('t0ken is wrong');
    const { code, message, where } = await failure(pull({ auth: { kind: 'bearer' } }, { secret: { token: 't0ken' } }));
    expect(code).toBe('api_refused_credentials');
    expect(message + where).not.toContain('t0ken');
    expect(server.requests).toHaveLength(1);
  });

  it('of the wrong shape are said to be, and not told', async () => {
    const { code, message } = await failure(pull({ auth: { kind: 'bearer' } }, { secret: { password: 'hush' } }));
    expect(code).toBe('secret_unusable');
    expect(message).toContain('token');
    expect(message).not.toContain('hush');
  });

  it('do not follow a redirect to another host', async () => {
    const elsewhere = await startHttpServer(inPages(() => products(2)));
    try {
      server.answer = (_, response) => void response.writeHead(302, { location: `${elsewhere.origin}/moved` }).end();
      await pull({ auth: { kind: 'bearer' }, headers: { 'x-tenant': 'us' } }, { secret: { token: 't0ken' } });
      expect(elsewhere.requests).toHaveLength(1);
      expect(elsewhere.requests[0]?.headers.authorization).toBeUndefined();
      expect(elsewhere.requests[0]?.headers['x-tenant']).toBeUndefined();
      expect(ids()).toHaveLength(2);
    } finally {
      await elsewhere.close();
    }
  });

  it('follow a redirect on the same host, but not for ever', async () => {
    server.answer = (request, response) =>
      request.path === '/products'
        ? void response.writeHead(301, { location: '/v2/products' }).end()
        : inPages(() => products(2))(request, response);
    await pull({ auth: { kind: 'bearer' } }, { secret: { token: 't0ken' } });
    expect(server.requests[1]?.headers.authorization).toBe('Bearer t0ken');
    server.answer = (_, response) => void response.writeHead(301, { location: '/products' }).end();
    expect((await failure(pull())).code).toBe('api_redirects');
  });
});

describe('OAuth 2.0 client credentials', () => {
  const auth = () => ({ kind: 'oauth2', tokenUrl: `${server.origin}/token`, scope: 'read' }) as const;
  const secret = { clientId: 'tributary', clientSecret: 'hush' };
  let issued: number;
  let isValid: (token: string) => boolean;
  let expiresIn: number;

  beforeEach(() => {
    issued = 0;
    isValid = () => true;
    expiresIn = 3600;
    server.answer = (request, response) => {
      if (request.path === '/token') return sendJson(response, { access_token: `T${++issued}`, expires_in: expiresIn });
      const token = (request.headers.authorization ?? '').replace('Bearer ', '');
      if (!isValid(token)) return void response.writeHead(401).end();
      return inPages(() => products(6))(request, response);
    };
  });

  it('fetch a token once, and use it for all pages', async () => {
    await pull({ auth: auth(), paging: numbered }, { secret });
    const tokens = server.requests.filter(({ path }) => path === '/token');
    expect(tokens).toHaveLength(1);
    expect(tokens[0]?.headers.authorization).toBe(`Basic ${btoa('tributary:hush')}`);
    expect(tokens[0]?.body).toBe('grant_type=client_credentials&scope=read');
    expect(ids()).toHaveLength(6);
  });

  it('fetch another before the first expires', async () => {
    expiresIn = 20;
    await pull({ auth: auth(), paging: numbered }, { secret });
    expect(issued).toBe(3);
  });

  it('renew the token on a 401, once per request', async () => {
    isValid = (token) => token !== 'T1';
    await pull({ auth: auth(), paging: numbered }, { secret });
    expect(issued).toBe(2);
    expect(ids()).toHaveLength(6);
    isValid = () => false;
    expect((await failure(pull({ auth: auth() }, { secret }))).code).toBe('api_refused_credentials');
    expect(issued).toBe(4);
  });

  it('tell of an address that gives no token', async () => {
    server.answer = (_, response) => sendJson(response, { error: 'invalid_client' });
    expect((await failure(pull({ auth: auth() }, { secret }))).code).toBe('api_gave_no_token');
  });
});

describe('settings', () => {
  const refused = (more: object) => () => parseExtraction({ ...settings(), ...more });

  it.each([
    ['credentials in clear over the network', { url: 'http://api.example.com/products' }],
    ['a source without contract', { source: 'unheard_of' }],
    ['names that cannot be part of a key', { name: '../x' }],
    ['what nobody reads', { pagign: {} }],
    ['unknown kinds of paging', { paging: { kind: 'guess' } }],
  ])('refuse %s', (_, more) => {
    expect(refused(more)).toThrow(expect.objectContaining({ code: 'bad_extraction' }));
  });

  it('are those of the extraction that the event names', async () => {
    await expect(extract({ nmae: 'shop' }, Object(null))).rejects.toMatchObject({ code: 'bad_extract_event' });
    expect((await failure(pull({}, { from: 'yesterday' }))).code).toBe('bad_extract_event');
  });
});
