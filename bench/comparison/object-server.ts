import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

export interface ObjectServer {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** The S3 calls that a build makes, over a folder whose subfolders are buckets: more data than memory would hold. */
export async function startObjectServer(root: string): Promise<ObjectServer> {
  const server = createServer((request, response) => {
    answer(root, request, response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** An ETag as S3 knows it without reading the object. */
export const etagOf = ({ size, mtimeMs }: { readonly size: number; readonly mtimeMs: number }): string =>
  `"${size}-${Math.round(mtimeMs)}"`;

async function answer(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const path = join(root, decodeURIComponent(pathname));
  switch (request.method) {
    case 'GET':
      return get(path, request, response);
    case 'PUT':
      return put(path, searchParams, request, response);
    case 'POST':
      return post(path, searchParams, request, response);
    default:
      await rm(path, { force: true });
      response.writeHead(204).end();
  }
}

async function get(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  const expected = request.headers['if-match'];
  if (found === undefined) return refuse(response, 404, 'NoSuchKey');
  if (expected !== undefined && expected !== etagOf(found)) return refuse(response, 412, 'PreconditionFailed');
  response.writeHead(200, { 'content-length': found.size, etag: etagOf(found) });
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), response);
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`);
}

const partOf = (path: string, number: string | number): string => `${path}.part-${number}`;

/** An object, or a part of an upload. */
async function put(
  path: string,
  parameters: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const number = parameters.get('partNumber');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(number === null ? path : partOf(path, number), await buffer(request));
  response.writeHead(200, { etag: '"written"' }).end();
}

/** Begins or ends an upload in parts, or deletes several objects. */
async function post(
  path: string,
  parameters: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = (await buffer(request)).toString('utf8');
  response.setHeader('content-type', 'application/xml');
  if (parameters.has('uploads')) {
    response.end('<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>');
  } else if (parameters.has('delete')) {
    for (const [, key = ''] of body.matchAll(/<Key>([^<]+)<\/Key>/g)) await rm(join(path, key), { force: true });
    response.end('<DeleteResult/>');
  } else {
    await joinParts(
      path,
      [...body.matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number = '']) => number),
    );
    response.end('<CompleteMultipartUploadResult><ETag>"written"</ETag></CompleteMultipartUploadResult>');
  }
}

async function joinParts(path: string, parts: readonly string[]): Promise<void> {
  const [first = '', ...rest] = parts.toSorted((a, b) => Number(a) - Number(b)).map((number) => partOf(path, number));
  const file = await open(first, 'a');
  for (const part of rest) {
    await file.write(await readFile(part));
    await rm(part);
  }
  await file.close();
  await rename(first, path);
}
