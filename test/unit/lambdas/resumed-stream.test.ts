import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { s3ObjectStore } from '../../../lambdas/shared/object-store.ts';

const CONTENT = Buffer.from(Array.from({ length: 100_000 }, (_, at) => `line ${at}\n`).join(''));
const OBJECT = { bucket: 'b', key: 'k', etag: 'e' };

let server: Server;
const s3Clients: S3Client[] = [];

/** A store behind a server that answers ranges of the content, and may break off. */
async function storeOf(
  bytesBeforeBreak: (request: number) => number,
  statusOf: (request: number) => number = () => 206,
) {
  const ranges: string[] = [];
  server = createServer((request, response) => {
    ranges.push(request.headers.range ?? 'all');
    const [, start = '0', end] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? [];
    const body = CONTENT.subarray(Number(start), end ? Number(end) + 1 : undefined);
    const status = statusOf(ranges.length);
    if (status >= 400) {
      response.writeHead(status, { 'content-type': 'application/xml' }).end('<Error><Code>Refused</Code></Error>');
      return;
    }
    response.writeHead(request.headers.range ? 206 : 200, { 'content-length': body.length, etag: '"e"' });
    const sent = bytesBeforeBreak(ranges.length);
    if (sent >= body.length) response.end(body);
    else response.write(body.subarray(0, sent), () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const s3 = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
    maxAttempts: 1,
  });
  s3Clients.push(s3);
  return { store: s3ObjectStore(s3), ranges };
}

afterEach(async () => {
  for (const s3 of s3Clients.splice(0)) s3.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('a connection that breaks', () => {
  it('is made again where it broke, and no byte is lost or doubled', async () => {
    const { store, ranges } = await storeOf((request) => (request < 4 ? 200_000 : Number.POSITIVE_INFINITY));
    expect((await buffer(await store.stream(OBJECT))).equals(CONTENT)).toBe(true);
    expect(ranges).toHaveLength(4);
    expect(new Set(ranges).size).toBe(4);
  });

  it('is made again within a range', async () => {
    const { store, ranges } = await storeOf((request) => (request === 1 ? 10 : Number.POSITIVE_INFINITY));
    const range = await store.range(OBJECT, 100, 5000);
    expect(Buffer.from(range).equals(CONTENT.subarray(100, 5000))).toBe(true);
    expect(ranges[0]).toBe('bytes=100-4999');
    expect(ranges[1]).toMatch(/^bytes=1[01]\d-4999$/);
  });

  it('is made again behind the place that reading began at', async () => {
    const { store } = await storeOf((request) => (request === 1 ? 10_000 : Number.POSITIVE_INFINITY));
    expect((await buffer(await store.stream(OBJECT, 77))).equals(CONTENT.subarray(77))).toBe(true);
  });

  it('is made again when the service was too busy for a while', async () => {
    const { store } = await storeOf(
      (request) => (request === 1 ? 1000 : Number.POSITIVE_INFINITY),
      (request) => (request === 2 || request === 3 ? 503 : 206),
    );
    expect((await buffer(await store.stream(OBJECT))).equals(CONTENT)).toBe(true);
  });

  it('is given up when it breaks again and again without a byte', async () => {
    const { store, ranges } = await storeOf(() => 0);
    await expect(store.stream(OBJECT).then((stream) => buffer(stream))).rejects.toThrow();
    expect(ranges.length).toBeLessThan(10);
  });

  it('is not made again to another version of the object', async () => {
    const { store, ranges } = await storeOf(
      () => 1000,
      (request) => (request === 1 ? 206 : 412),
    );
    await expect(store.stream(OBJECT).then((stream) => buffer(stream))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 412 },
    });
    expect(ranges).toHaveLength(2);
  });
});
