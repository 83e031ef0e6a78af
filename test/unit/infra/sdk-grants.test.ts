import { beforeAll, describe, expect, it } from 'vitest';
import { FUNCTIONS, type FunctionName, functionName } from '../../../infra/names.ts';
import { codeOf, sdkCalls } from './function-code.ts';
import { SYNTHESIS_TIMEOUT_MS, type Synthesised, statementsOf, synthesise } from './synthesised.ts';

let prod: Synthesised;
beforeAll(() => {
  prod = synthesise('prod');
}, SYNTHESIS_TIMEOUT_MS);

/** What a function may do although its own code does not call it, and who does. */
const NOT_CALLED_BY_CODE: readonly (readonly [actions: RegExp, reason: string])[] = [
  [/^logs:(CreateLogStream|PutLogEvents)$/, 'Lambda writes the logs'],
  [/^xray:(PutTraceSegments|PutTelemetryRecords)$/, 'Lambda sends the traces'],
  [/^kms:(Decrypt|GenerateDataKey)$/, 'S3 and SNS use the key in the name of the caller'],
  [
    /^kinesis:(DescribeStream|DescribeStreamConsumer|DescribeStreamSummary|GetRecords|GetShardIterator|ListShards|ListStreams|SubscribeToShard)$/,
    'the event source reads the stream',
  ],
  [
    /^sqs:(ChangeMessageVisibility|DeleteMessage|GetQueueAttributes|GetQueueUrl|ReceiveMessage)$/,
    'the event source reads the queue',
  ],
];

type Reasons = Readonly<Partial<Record<FunctionName, Readonly<Record<string, string>>>>>;

/** What a function's code brings along and never calls, so that it may not do it. */
const NEVER_REACHED: Reasons = {
  'ingest-stream': {
    's3:AbortMultipartUpload': 'what it writes is small',
    's3:GetObject': 'a batch comes with its call and is only written',
    's3:DeleteObject': 'a repeated batch writes over what it wrote before',
  },
  'start-run': { 'dynamodb:DeleteItem': 'the lock is given free by finish-run' },
  'finish-run': { 'dynamodb:PutItem': 'the lock is taken by start-run' },
};

/** What a single function may do although its own code does not call it, and why. */
const NOT_CALLED_BY: Reasons = {
  'build-model': {
    'glue:GetDatabase': 'Athena asks in the name of whoever starts a query',
    'glue:GetPartition': 'Athena asks in the name of whoever starts a query',
    'glue:GetPartitions': 'Athena asks in the name of whoever starts a query',
    'glue:BatchGetPartition': 'Athena asks in the name of whoever starts a query',
    's3:GetBucketLocation': 'Athena asks in the name of whoever starts a query',
    's3:ListMultipartUploadParts': 'Athena writes large results in the name of whoever starts a query',
  },
  'ingest-stream': { 's3:ListBucket': 'the event source keeps batches that it gave up in a bucket, and looks first' },
  'finish-run': { 's3:ListBucket': 'without it S3 answers 403 and not 404 where a build left no record' },
};

function grants(name: FunctionName): ReadonlySet<string> {
  const fn = prod
    .ofType('AWS::Lambda::Function')
    .find(({ Properties }) => Properties.FunctionName === functionName(name));
  const { 'Fn::GetAtt': [role = ''] = [] } = Object(fn?.Properties.Role);
  const policies = prod
    .ofType('AWS::IAM::Policy')
    .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(role));
  return new Set(policies.flatMap(statementsOf).flatMap(({ actions }) => actions));
}

describe.each(FUNCTIONS)('%s', (name) => {
  it('may make every call that its code makes', async () => {
    const granted = grants(name);
    const calls = sdkCalls(await codeOf(name));
    expect(calls.size).toBeGreaterThan(0);
    const missing = [...calls].filter((action) => !granted.has(action));
    expect(missing.sort()).toEqual(Object.keys(NEVER_REACHED[name] ?? {}).sort());
  });

  it('may do nothing else', async () => {
    const calls = sdkCalls(await codeOf(name));
    const unused = [...grants(name)].filter(
      (action) =>
        !calls.has(action) &&
        NOT_CALLED_BY[name]?.[action] === undefined &&
        !NOT_CALLED_BY_CODE.some(([actions]) => actions.test(action)),
    );
    expect(unused).toEqual([]);
  });
});
