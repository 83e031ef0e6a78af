import { build } from 'esbuild';
import type { FunctionName } from '../../../infra/names.ts';

/** How the actions of a client's package are named in IAM. */
const SERVICES: Readonly<Record<string, string>> = {
  'client-athena': 'athena',
  'client-dynamodb': 'dynamodb',
  'client-glue': 'glue',
  'client-kinesis': 'kinesis',
  'client-kms': 'kms',
  'client-lambda': 'lambda',
  'client-s3': 's3',
  'client-secrets-manager': 'secretsmanager',
  'client-sfn': 'states',
  'client-sns': 'sns',
  'client-sqs': 'sqs',
  'client-ssm': 'ssm',
  'lib-dynamodb': 'dynamodb',
  'lib-storage': 's3',
};

/** Operations that need other actions than the one of their name. */
const OTHER_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  // Without the right to list, S3 answers 403 and not 404 where there is no object.
  's3:HeadObject': ['s3:GetObject', 's3:ListBucket'],
  's3:ListObjectsV2': ['s3:ListBucket'],
  's3:CopyObject': ['s3:GetObject', 's3:PutObject'],
  's3:DeleteObjects': ['s3:DeleteObject'],
  's3:Upload': ['s3:PutObject', 's3:AbortMultipartUpload'],
  'lambda:Invoke': ['lambda:InvokeFunction'],
  'dynamodb:BatchGet': ['dynamodb:BatchGetItem'],
  // Of a transaction, each kind of write is asked for; here all are puts.
  'dynamodb:TransactWrite': ['dynamodb:PutItem'],
  'dynamodb:Get': ['dynamodb:GetItem'],
  'dynamodb:Put': ['dynamodb:PutItem'],
  'dynamodb:Update': ['dynamodb:UpdateItem'],
  'dynamodb:Delete': ['dynamodb:DeleteItem'],
};

const AWS_IMPORT = /import \{([^}]*)\} from "@aws-sdk\/([\w-]+)"/g;
const OPERATION = /^(?:(\w+)Command|paginate(\w+)|(Upload))$/;

/** A function's own code, bundled without its packages, so that what is never reached is gone. */
export async function codeOf(name: FunctionName): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`lambdas/${name}/${name}.lambda.ts`],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles.map(({ text }) => text).join('\n');
}

/** The IAM actions that code needs, by the SDK's commands that it imports. */
export function sdkCalls(code: string): ReadonlySet<string> {
  const imports = [...code.matchAll(AWS_IMPORT)];
  return new Set(imports.flatMap(([, names = '', client = '']) => names.split(',').flatMap(actionsOf(client))));
}

/** The environment variables that code reads by their key in `ENV`. */
export function environmentReads(code: string): ReadonlySet<string> {
  return new Set([...code.matchAll(/\bENV\.(\w+)/g)].map(([, key = '']) => key));
}

const actionsOf =
  (client: string) =>
  (imported: string): readonly string[] => {
    const [name = ''] = imported.trim().split(' as ');
    const [, command, paginator, helper] = OPERATION.exec(name) ?? [];
    const operation = command ?? paginator ?? helper;
    if (operation === undefined) return [];
    const service = SERVICES[client];
    if (service === undefined) throw new Error(`which IAM actions belong to @aws-sdk/${client}?`);
    const action = `${service}:${operation}`;
    return OTHER_ACTIONS[action] ?? [action];
  };
