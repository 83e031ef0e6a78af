import type { IncomingMessage, ServerResponse } from 'node:http';
import { asError } from '../../common/errors.ts';

const TARGET_PREFIX = 'AmazonAthena.';
const CONTENT_TYPE = 'application/x-amz-json-1.1';
/** Athena's own limit of a query is 256 KiB; a request holds little more. */
const MAX_REQUEST_BYTES = 2 ** 20;

/** An error of the API itself, as its caller sees it. */
export class ApiError extends Error {
  readonly type: string;
  readonly status: number;
  /** Athena's own code beside the type. */
  readonly athenaCode: string | undefined;

  constructor(
    type: string,
    message: string,
    { status = 400, athenaCode }: { status?: number; athenaCode?: string } = {},
  ) {
    super(message);
    this.name = type;
    this.type = type;
    this.status = status;
    this.athenaCode = athenaCode;
  }
}

export const invalidRequest = (message: string, athenaCode = 'INVALID_INPUT'): ApiError =>
  new ApiError('InvalidRequestException', message, { athenaCode });

export interface ApiRequest {
  /** `StartQueryExecution` and so on. */
  readonly operation: string;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

export interface ApiResponse {
  readonly status: number;
  readonly body: string;
}

/** Reads one call of the AWS JSON 1.1 protocol. */
export async function readRequest(request: IncomingMessage): Promise<ApiRequest> {
  const target = String(request.headers['x-amz-target'] ?? '');
  if (request.method !== 'POST' || !target.startsWith(TARGET_PREFIX)) {
    throw new ApiError('UnknownOperationException', 'Expected a POST with an X-Amz-Target of AmazonAthena');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_REQUEST_BYTES) throw invalidRequest('The request is too large');
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks).toString('utf8');
  return { operation: target.slice(TARGET_PREFIX.length), body: body === '' ? '{}' : body, headers: request.headers };
}

export function sendResponse(response: ServerResponse, { status, body }: ApiResponse): void {
  response.writeHead(status, { 'Content-Type': CONTENT_TYPE, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

/** Whatever was thrown as the answer of the protocol; what is no error of the caller is a 500. */
export function errorResponse(thrown: unknown): ApiResponse {
  if (thrown instanceof ApiError) {
    const { type, message, athenaCode, status } = thrown;
    const code = athenaCode === undefined ? {} : { AthenaErrorCode: athenaCode };
    return { status, body: JSON.stringify({ __type: type, ...code, Message: message }) };
  }
  const { message } = asError(thrown);
  return { status: 500, body: JSON.stringify({ __type: 'InternalServerException', Message: message }) };
}
