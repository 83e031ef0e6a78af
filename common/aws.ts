import { AthenaClient } from '@aws-sdk/client-athena';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GlueClient } from '@aws-sdk/client-glue';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/**
 * The one place where AWS clients are made, each once per process. Endpoints, region and credentials come from
 * the standard environment variables (`AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_ATHENA`, `AWS_REGION` …), so that the
 * same code talks to AWS and to a local emulator. They are marked as pure, so that a function's bundle carries only
 * the clients that it uses.
 */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

export const isLocalEndpoint = (): boolean => process.env.AWS_ENDPOINT_URL !== undefined;

// Three attempts, the default, are soon over when S3 makes room for more requests to a bucket, which takes it a while.
export const s3 = /* @__PURE__ */ once(() => new S3Client({ forcePathStyle: isLocalEndpoint(), maxAttempts: 8 }));
export const glue = /* @__PURE__ */ once(() => new GlueClient({}));
export const athena = /* @__PURE__ */ once(() => new AthenaClient({}));
export const stepFunctions = /* @__PURE__ */ once(() => new SFNClient({}));
export const sns = /* @__PURE__ */ once(() => new SNSClient({}));
export const sqs = /* @__PURE__ */ once(() => new SQSClient({}));
export const secretsManager = /* @__PURE__ */ once(() => new SecretsManagerClient({}));
export const ssm = /* @__PURE__ */ once(() => new SSMClient({}));
export const kms = /* @__PURE__ */ once(() => new KMSClient({}));
export const lambda = /* @__PURE__ */ once(() => new LambdaClient({}));
// The Kinesis client speaks HTTP/2 by default, which emulators do not.
export const kinesis = /* @__PURE__ */ once(
  () => new KinesisClient(isLocalEndpoint() ? { requestHandler: new NodeHttpHandler() } : {}),
);
export const dynamo = /* @__PURE__ */ once(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient({}), { marshallOptions: { removeUndefinedValues: true } }),
);
