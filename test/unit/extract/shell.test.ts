import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { extractReport } from '../../../cli/commands/extract.ts';
import { executeExtraction } from '../../../cli/extract/execute.ts';
import { TributaryError } from '../../../common/errors.ts';
import type { ExtractionSettings } from '../../../events/extract/extraction.ts';
import { LandingFile } from '../../../events/extract/landing-file.ts';
import type { PullSource } from '../../../events/extract/pull.ts';
import { INITIAL } from '../../../events/extract/state.ts';
import { type ExtractEvent, type ExtractOutcome, extractHandler } from '../../../lambdas/shared/extract.ts';
import { deployedExtraction, extractionSecret } from '../../../lambdas/shared/extraction-settings.ts';
import { dynamoExtractionStates } from '../../../lambdas/shared/extraction-states.ts';
import { s3Landing } from '../../../lambdas/shared/landing.ts';

const settings: ExtractionSettings = {
  name: 'shop',
  source: 'erp_products',
  kind: 'rest',
  schedule: 'rate(1 hour)',
  url: 'https://example.com/products',
  records: '',
};

const dynamoMock = mockClient(DynamoDBDocumentClient);
const ssmMock = mockClient(SSMClient);
const lambdaMock = mockClient(LambdaClient);
const secretsMock = mockClient(SecretsManagerClient);

beforeEach(() => {
  for (const mock of [dynamoMock, ssmMock, lambdaMock, secretsMock]) mock.reset();
  ssmMock.on(GetParameterCommand).resolves({ Parameter: { Value: JSON.stringify(settings) } });
  vi.stubEnv('AWS_REGION', 'eu-west-2');
  vi.stubEnv('STATE_TABLE', 'state');
  vi.stubEnv('LANDING_BUCKET', 'landing');
});
afterEach(() => vi.unstubAllEnvs());

const refused = () => new ConditionalCheckFailedException({ message: 'no', $metadata: {} });

describe('the state of an extraction', () => {
  const states = () => dynamoExtractionStates(DynamoDBDocumentClient.from(new DynamoDBClient({})), 'state');

  it('begins with nothing, and is written on the revision that was read', async () => {
    dynamoMock.on(GetCommand).resolvesOnce({});
    const store = states();
    expect(await store.read('shop')).toEqual(INITIAL);
    await store.write('shop', INITIAL);
    await store.write('shop', { ...INITIAL, pulls: 1 });
    const [first, second] = dynamoMock.commandCalls(PutCommand).map(({ args }) => args[0].input);
    expect(first).toMatchObject({
      Item: { pk: 'extraction#shop', revision: 1 },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    expect(second).toMatchObject({
      Item: { pulls: 1, revision: 2 },
      ConditionExpression: 'revision = :revision',
      ExpressionAttributeValues: { ':revision': 1 },
    });
  });

  it('is what was written', async () => {
    const pull = { from: null, startedAt: 's', position: { page: 2 }, high: 'h', hashes: ['x'], records: 3 };
    const state = { watermark: 'w', pulls: 4, pull, last: { from: 'f', hashes: ['y'] } };
    dynamoMock.on(GetCommand).resolvesOnce({ Item: { pk: 'extraction#shop', ...state, revision: 7 } });
    expect(await states().read('shop')).toEqual(state);
    expect(dynamoMock.commandCalls(GetCommand)[0]?.args[0].input).toMatchObject({ ConsistentRead: true });
  });

  it('is not written over what another invocation wrote', async () => {
    dynamoMock.on(PutCommand).rejects(refused());
    await expect(states().write('shop', INITIAL)).rejects.toMatchObject({ code: 'extraction_overtaken' });
  });
});

describe('settings and secrets', () => {
  it('are found by name', async () => {
    secretsMock
      .on(GetSecretValueCommand, { SecretId: 'tributary/extract-rest/shared' })
      .resolves({ SecretString: '{}' });
    const extraction = await deployedExtraction(new SSMClient({}), 'shop');
    expect(ssmMock.commandCalls(GetParameterCommand)[0]?.args[0].input).toEqual({
      Name: '/tributary/extractions/shop',
    });
    expect(extraction).toMatchObject({ name: 'shop', overlapSeconds: 600 });
    expect(await extractionSecret(new SecretsManagerClient({}), { ...extraction, secret: 'shared' })).toBe('{}');
  });

  it('that are missing are named', async () => {
    const missing = { message: 'none', $metadata: {} };
    ssmMock.on(GetParameterCommand).rejects(new ParameterNotFound(missing));
    secretsMock.on(GetSecretValueCommand).rejects(new ResourceNotFoundException(missing));
    await expect(deployedExtraction(new SSMClient({}), 'shop')).rejects.toMatchObject({ code: 'unknown_extraction' });
    await expect(
      extractionSecret(new SecretsManagerClient({}), { kind: 'rest', name: 'shop', secret: undefined }),
    ).rejects.toMatchObject({
      code: 'secret_not_found',
      advice: expect.stringContaining('tributary/extract-rest/shop'),
    });
  });
});

describe('the landing bucket', () => {
  let server: Server;
  let client: S3Client;
  let requests: string[];
  let objects: Map<string, Buffer>;

  /** S3's multipart upload, as far as it concerns us: an object is there after its completion. */
  beforeEach(async () => {
    requests = [];
    objects = new Map();
    const parts = new Map<string, Buffer>();
    server = createServer(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const body = await buffer(request);
      const part = searchParams.get('partNumber');
      const isUpload = searchParams.has('uploadId');
      const what = searchParams.has('uploads') ? 'begin' : part !== null ? 'part' : isUpload ? 'upload' : 'object';
      requests.push(`${request.method} ${what}`);
      response.setHeader('etag', '"e"');
      if (what === 'part') parts.set(part ?? '', body);
      if (request.method === 'PUT' && what === 'object') objects.set(pathname, body);
      if (request.method === 'POST' && what === 'upload') objects.set(pathname, Buffer.concat([...parts.values()]));
      response.end(
        what === 'begin' ? '<R><UploadId>u</UploadId></R>' : what === 'upload' ? '<R><ETag>"e"</ETag></R>' : '',
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = new S3Client({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      forcePathStyle: true,
      maxAttempts: 1,
    });
  });
  afterEach(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });

  /** Lines that gzip cannot make much smaller. */
  const fill = async (file: LandingFile, megabytes: number) => {
    let seed = 1;
    for (let line = 0; line < megabytes * 1024; line++) {
      const words = Array.from({ length: 100 }, () => {
        seed = (seed * 48_271) % 2_147_483_647;
        return seed.toString(36);
      });
      await file.write(words.join('').slice(0, 1023));
    }
  };

  it('gets a large file in parts, whole', async () => {
    const file = new LandingFile(s3Landing(client, 'landing'), 'erp_products/extract/a.ndjson.gz');
    await fill(file, 30);
    expect(requests).toContain('PUT part');
    expect(objects.size).toBe(0);
    await file.land(() => false);
    expect([...objects.keys()]).toEqual(['/landing/erp_products/extract/a.ndjson.gz']);
    expect(requests.at(-1)).toBe('POST upload');
  });

  it('forgets the parts of a file that is discarded', async () => {
    const file = new LandingFile(s3Landing(client, 'landing'), 'erp_products/extract/a.ndjson.gz');
    await fill(file, 30);
    await file.discard();
    expect(requests.at(-1)).toBe('DELETE upload');
    expect(objects.size).toBe(0);
  });

  it('never sees a small file that is discarded or known', async () => {
    const discarded = new LandingFile(s3Landing(client, 'landing'), 'a');
    await discarded.write('{}');
    await discarded.discard();
    const known = new LandingFile(s3Landing(client, 'landing'), 'b');
    await known.write('{}');
    expect(await known.land(() => true)).toMatchObject({ isNew: false });
    expect(objects.size).toBe(0);
  });

  it('that fails ends the writing', async () => {
    const landing = { put: async () => Promise.reject(new Error('out of order')) };
    const file = new LandingFile(landing, 'a');
    await expect(fill(file, 5).then(() => file.land(() => false))).rejects.toThrow('out of order');
  });
});

let remaining: number;

const context = (): Context => ({
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'tributary-extract-rest',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:tributary-extract-rest',
  memoryLimitInMB: '512',
  awsRequestId: 'this',
  logGroupName: 'group',
  logStreamName: 'stream',
  getRemainingTimeInMillis: () => remaining,
  done: () => {},
  fail: () => {},
  succeed: () => {},
});

/** Calls the function as Lambda does. */
const call = (event: ExtractEvent, source: Partial<PullSource>): Promise<ExtractOutcome> => {
  const handler = extractHandler('rest', async () => ({
    isIncremental: true,
    now: async () => '2026-11-21T00:00:00.000000Z',
    read: async function* () {},
    close: async () => undefined,
    ...source,
  }));
  return handler(event, context());
};

describe('the function', () => {
  beforeEach(() => {
    dynamoMock.on(GetCommand).resolves({});
    remaining = 900_000;
    // Powertools then writes to the global console, which need not be seen.
    vi.stubEnv('POWERTOOLS_DEV', 'true');
    for (const method of ['log', 'info', 'error'] as const) vi.spyOn(console, method).mockReturnValue();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const failing = {
    now: () => Promise.reject(new TributaryError({ code: 'api_failed', message: 'no', where: 'shop' })),
  };
  const dawdling: Partial<PullSource> = {
    read: async function* () {
      remaining = 1;
      yield { records: [], position: 1 };
    },
  };
  it('throws failures to Lambda, which repeats, and gives the lease free', async () => {
    await expect(call({ name: 'shop' }, failing)).rejects.toMatchObject({ code: 'api_failed' });
    expect(dynamoMock.commandCalls(DeleteCommand)[0]?.args[0].input).toMatchObject({
      Key: { pk: 'lease#extraction#shop' },
    });
  });

  it('tells failures to whoever waits', async () => {
    expect(await call({ name: 'shop', isAwaited: true }, failing)).toEqual({
      name: 'shop',
      status: 'failed',
      error: { code: 'api_failed', message: 'no', where: 'shop' },
    });
  });

  it('calls itself when the time is up, unless somebody waits', async () => {
    expect(await call({ name: 'shop' }, dawdling)).toMatchObject({ status: 'paused' });
    expect(lambdaMock.commandCalls(InvokeCommand)[0]?.args[0].input).toEqual({
      FunctionName: 'tributary-extract-rest',
      InvocationType: 'Event',
      Payload: '{"name":"shop"}',
    });
    lambdaMock.reset();
    await call({ name: 'shop', isAwaited: true }, dawdling);
    expect(lambdaMock.calls()).toHaveLength(0);
  });

  it('leaves an extraction to whoever holds its lease', async () => {
    dynamoMock.on(PutCommand).rejects(Object.assign(refused(), { Item: { holder: { S: 'another' } } }));
    expect(await call({ name: 'shop' }, failing)).toEqual({ name: 'shop', status: 'busy', heldBy: 'another' });
  });

  it('refuses extractions of another kind', async () => {
    const postgres = {
      ...settings,
      kind: 'postgres',
      host: 'localhost',
      database: 'd',
      table: 't',
      url: undefined,
      records: undefined,
    };
    ssmMock.on(GetParameterCommand).resolves({ Parameter: { Value: JSON.stringify(postgres) } });
    await expect(call({ name: 'shop' }, {})).rejects.toMatchObject({ code: 'bad_extract_event' });
  });
});

describe('tributary extract', () => {
  const clients = () => ({ lambda: new LambdaClient({}), ssm: new SSMClient({}) });
  const answer = (outcome: object) => ({ Payload: Buffer.from(JSON.stringify(outcome)) as never });
  const part = { name: 'shop', source: 'erp_products', from: null, unchangedFiles: 0, watermark: null };

  it('calls until the pull has ended, and adds up', async () => {
    lambdaMock
      .on(InvokeCommand)
      .resolvesOnce(answer({ ...part, status: 'paused', records: 1000, files: ['a'] }))
      .resolves(answer({ ...part, status: 'finished', records: 234, files: ['b'], watermark: 'w' }));
    const progress: string[] = [];
    const report = await executeExtraction(clients(), 'shop', '2026-10-01', (message) => progress.push(message));
    expect(report).toMatchObject({ records: 1234, files: ['a', 'b'], watermark: 'w' });
    expect(progress).toEqual(['1,000 records in 1 files so far']);
    const events = lambdaMock.commandCalls(InvokeCommand).map(({ args }) => JSON.parse(String(args[0].input.Payload)));
    // What was asked for once is under way then.
    expect(events).toEqual([
      { name: 'shop', isAwaited: true, from: '2026-10-01' },
      { name: 'shop', isAwaited: true },
    ]);
    expect(extractReport(report)).toBe('erp_products: everything: 1,234 records landed, watermark w\n  a\n  b\n');
  });

  it.each([
    [answer({ name: 'shop', status: 'failed', error: { code: 'api_sent_html', message: 'm' } }), 'api_sent_html'],
    [answer({ name: 'shop', status: 'busy', heldBy: 'another' }), 'extraction_busy'],
    [{ ...answer({ errorMessage: 'out of memory' }), FunctionError: 'Unhandled' }, 'extraction_failed'],
  ])('tells of failures: %#', async (payload, code) => {
    lambdaMock.on(InvokeCommand).resolves(payload);
    await expect(executeExtraction(clients(), 'shop', undefined)).rejects.toMatchObject({ code });
  });

  it('tells when there was nothing', () => {
    const report = { ...part, from: 'f', watermark: 'w', records: 0, files: [], unchangedFiles: 1 };
    expect(extractReport(report)).toContain('nothing new');
  });
});
