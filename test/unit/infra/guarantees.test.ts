import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { contracts } from '../../../events/contracts/index.ts';
import { FUNCTIONS } from '../../../infra/names.ts';
import {
  type Resource,
  type Statement,
  SYNTHESIS_TIMEOUT_MS,
  type Synthesised,
  statementsOf,
  synthesise,
} from './synthesised.ts';

let prod: Synthesised;
let local: Synthesised;
beforeAll(() => {
  prod = synthesise('prod');
  local = synthesise('local');
}, SYNTHESIS_TIMEOUT_MS);

/** Actions for which AWS knows no resources. */
const WITHOUT_RESOURCES =
  /^(xray:|logs:\w*LogDeliver|logs:\w*ResourcePolic|logs:DescribeLogGroups$|athena:List(WorkGroups|DataCatalogs)$)/;

const named = (resources: readonly Resource[], name: string): Resource => {
  const found = resources.find(({ Properties }) => JSON.stringify(Properties).includes(name));
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
};

const refusesPlainHttp = ({ effect, condition }: Statement): boolean =>
  effect === 'Deny' && JSON.stringify(condition) === '{"Bool":{"aws:SecureTransport":"false"}}';

/** Names of the resources of a type whose policy, of another type, does not refuse plain HTTP. */
function reachableInClear(type: string, policyType: string, refersBy: string): readonly string[] {
  const guarded = prod
    .ofType(policyType)
    .filter((policy) => statementsOf(policy).some(refusesPlainHttp))
    .map(({ Properties }) => JSON.stringify(Properties[refersBy]));
  return prod
    .ofType(type)
    .map(({ id }) => id)
    .filter((id) => !guarded.some((reference) => reference.includes(id)));
}

describe('buckets', () => {
  it('are all encrypted, private and reached over TLS only', () => {
    const buckets = prod.ofType('AWS::S3::Bucket');
    expect(buckets).toHaveLength(8);
    for (const { Properties } of buckets) {
      expect(Properties).toMatchObject({
        BucketEncryption: expect.anything(),
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      });
    }
    expect(reachableInClear('AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'Bucket')).toEqual([]);
  });

  it('encrypt records as received with a key of their own', () => {
    const withKey = prod
      .ofType('AWS::S3::Bucket')
      .filter(({ Properties }) => JSON.stringify(Properties.BucketEncryption).includes('aws:kms'))
      .map(({ Properties }) => JSON.stringify(Properties.BucketName));
    expect(withKey).toHaveLength(2);
    expect(withKey).toEqual(
      expect.arrayContaining([expect.stringContaining('landing'), expect.stringContaining('quarantine')]),
    );
  });

  it('log every request, but for the bucket of the logs', () => {
    const silent = prod.ofType('AWS::S3::Bucket').filter(({ Properties }) => !Properties.LoggingConfiguration);
    expect(silent.map(({ id }) => id)).toEqual([expect.stringContaining('accesslogs')]);
  });

  it.each([
    ['landing', 7],
    ['results', 30],
  ])('delete objects of %s after %i days', (bucket, days) => {
    const { Properties } = named(prod.ofType('AWS::S3::Bucket'), `-${bucket}-`);
    expect(Properties.LifecycleConfiguration).toMatchObject({
      Rules: expect.arrayContaining([expect.objectContaining({ ExpirationInDays: days, Status: 'Enabled' })]),
    });
  });

  it('never delete objects of the lake by age', () => {
    for (const bucket of ['bronze', 'silver', 'gold', 'quarantine', 'operations']) {
      const { Properties } = named(prod.ofType('AWS::S3::Bucket'), `-${bucket}-`);
      expect(JSON.stringify(Properties.LifecycleConfiguration)).not.toContain('"ExpirationInDays"');
    }
  });
});

describe('data', () => {
  const DATA = ['AWS::S3::Bucket', 'AWS::DynamoDB::Table'];
  const kept = (templates: Synthesised) =>
    templates.resources.filter(({ Type, DeletionPolicy }) => DATA.includes(Type) && DeletionPolicy === 'Retain');

  it('of production outlives its stack, but for query results', () => {
    const lost = prod.resources.filter(
      ({ Type, DeletionPolicy }) => DATA.includes(Type) && DeletionPolicy !== 'Retain',
    );
    expect(lost.map(({ id }) => id)).toEqual([expect.stringContaining('results')]);
  });

  it('of a laptop goes with its stack', () => {
    expect(kept(local)).toEqual([]);
  });

  it('that cannot be made again has versions in production', () => {
    for (const bucket of ['bronze', 'quarantine', 'operations']) {
      expect(named(prod.ofType('AWS::S3::Bucket'), `-${bucket}-`).Properties.VersioningConfiguration).toEqual({
        Status: 'Enabled',
      });
    }
  });

  it('of the state table can be restored to any point in time', () => {
    const table = named(prod.ofType('AWS::DynamoDB::Table'), 'tributary-state');
    expect(table.Properties).toMatchObject({
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      DeletionProtectionEnabled: true,
    });
  });

  it('of the keys of persons can be restored, but not for so long that erasure would be undone', () => {
    const { Properties } = named(prod.ofType('AWS::DynamoDB::Table'), 'tributary-subject-keys');
    expect(Properties).toMatchObject({
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: expect.any(Number) },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      DeletionProtectionEnabled: true,
    });
    expect(Object(Properties.PointInTimeRecoverySpecification).RecoveryPeriodInDays).toBeLessThanOrEqual(30);
  });

  it('in streams, queues and alerts is encrypted', () => {
    for (const stream of prod.ofType('AWS::Kinesis::Stream')) {
      expect(stream.Properties.StreamEncryption).toMatchObject({ EncryptionType: 'KMS' });
    }
    for (const queue of prod.ofType('AWS::SQS::Queue')) expect(queue.Properties.SqsManagedSseEnabled).toBe(true);
    for (const topic of prod.ofType('AWS::SNS::Topic')) expect(topic.Properties.KmsMasterKeyId).toBeDefined();
  });

  it('travels to queues and topics over TLS only', () => {
    expect(reachableInClear('AWS::SQS::Queue', 'AWS::SQS::QueuePolicy', 'Queues')).toEqual([]);
    expect(reachableInClear('AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'Topics')).toEqual([]);
  });

  it('of alarms reaches the encrypted topic', () => {
    const topic = prod.ofType('AWS::SNS::TopicPolicy').flatMap(statementsOf);
    const key = named(prod.ofType('AWS::KMS::Key'), 'Encrypts alerts');
    const permits = (action: string) => (statement: Statement) =>
      statement.effect === 'Allow' &&
      statement.actions.includes(action) &&
      JSON.stringify(statement.principal).includes('cloudwatch.amazonaws.com');
    expect(topic.some(permits('sns:Publish'))).toBe(true);
    expect(statementsOf(key).some(permits('kms:GenerateDataKey'))).toBe(true);
  });

  it('keys rotate', () => {
    const keys = prod.ofType('AWS::KMS::Key');
    expect(keys).toHaveLength(3);
    for (const { Properties } of keys) expect(Properties.EnableKeyRotation).toBe(true);
  });
});

describe('roles', () => {
  const policies = () => prod.ofType('AWS::IAM::Policy').flatMap(statementsOf);

  it('name every action in full', () => {
    const vague = policies().flatMap(({ actions }) => actions.filter((action) => action.includes('*')));
    expect(vague).toEqual([]);
  });

  it('name resources, where AWS knows any', () => {
    const unbounded = policies().filter(({ resources }) => resources.includes('"*"'));
    const actions = unbounded.flatMap((statement) => statement.actions);
    expect(actions.filter((action) => !WITHOUT_RESOURCES.test(action))).toEqual([]);
  });

  it('have no managed policies', () => {
    for (const { Properties } of prod.ofType('AWS::IAM::Role')) expect(Properties.ManagedPolicyArns).toBeUndefined();
  });

  it('keep analysts from records as received', () => {
    const policy = named(prod.ofType('AWS::IAM::Policy'), 'AnalystDefaultPolicy');
    const resources = statementsOf(policy).flatMap((statement) => statement.resources);
    expect(resources.filter((resource) => /landing|bronze|quarantine|operations|:kms:/.test(resource))).toEqual([]);
    expect(resources.some((resource) => resource.includes('table/gold/*'))).toBe(true);
  });

  it('let nobody but ingestion and operators at the keys of persons', () => {
    const key = named(prod.ofType('AWS::KMS::Key'), 'Encrypts the keys of personal data');
    const mayUse = (ids: readonly string[]) =>
      prod
        .ofType('AWS::IAM::Policy')
        .filter((policy) =>
          statementsOf(policy).some(({ resources }) =>
            resources.some((resource) => ids.some((id) => resource.includes(id))),
          ),
        )
        .map(({ id }) => id);
    const users = mayUse(['tributary-subject-keys', key.id]);
    expect(users).toHaveLength(3);
    for (const part of ['IngestStream', 'IngestFile', 'Operator']) expect(users.join()).toContain(part);
    const keyActions = prod
      .ofType('AWS::IAM::Policy')
      .flatMap(statementsOf)
      .filter(({ resources }) => resources.some((resource) => resource.includes('tributary-subject-keys')))
      .flatMap(({ actions }) => actions);
    expect([...new Set(keyActions)].sort()).toEqual(['dynamodb:BatchGetItem', 'dynamodb:PutItem']);
  });

  it('let analysts write nothing but query results', () => {
    const policy = named(prod.ofType('AWS::IAM::Policy'), 'AnalystDefaultPolicy');
    const writes = statementsOf(policy).filter(({ actions }) => actions.includes('s3:PutObject'));
    expect(writes.flatMap(({ resources }) => resources)).toEqual([expect.stringMatching(/-results-.*\/athena\/\*/)]);
  });
});

describe('ingestion', () => {
  it('has every stream that a contract names', () => {
    const streams = prod.ofType('AWS::Kinesis::Stream').map(({ Properties }) => Properties.Name);
    const wanted = contracts.flatMap(({ transport }) => transport.stream?.stream ?? []);
    expect(streams).toEqual(expect.arrayContaining(wanted));
  });

  it('repeats a failing batch a finite number of times, in ever smaller parts, and then keeps it', () => {
    const sources = prod
      .ofType('AWS::Lambda::EventSourceMapping')
      .filter(({ Properties }) => JSON.stringify(Properties.EventSourceArn).includes('events'));
    expect(sources).toHaveLength(4);
    for (const { Properties } of sources) {
      expect(Properties).toMatchObject({
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 10,
      });
      // Nowhere but among the originals: it holds records as they came.
      expect(JSON.stringify(Properties.DestinationConfig)).toContain('-landing-');
    }
  });

  it('gives a file six times the time of the function, and keeps what it gives up', () => {
    const queue = prod.ofType('AWS::SQS::Queue').find(({ Properties }) => Properties.RedrivePolicy !== undefined);
    const ingest = prod
      .ofType('AWS::Lambda::Function')
      .find(({ Properties }) => Properties.FunctionName === 'tributary-ingest-file');
    expect(queue?.Properties.VisibilityTimeout).toBe(6 * Number(ingest?.Properties.Timeout));
    expect(queue?.Properties.RedrivePolicy).toMatchObject({ maxReceiveCount: 4 });
  });
});

describe('functions', () => {
  it('keep logs for a limited time', () => {
    for (const templates of [prod, local]) {
      const groups = templates.ofType('AWS::Logs::LogGroup');
      expect(groups.length).toBeGreaterThan(6);
      for (const { Properties } of groups) expect(Properties.RetentionInDays).toBeGreaterThan(0);
    }
  });

  it('are traced', () => {
    const own = prod
      .ofType('AWS::Lambda::Function')
      .filter(({ Properties }) => String(Properties.FunctionName).startsWith('tributary-'));
    expect(own).toHaveLength(FUNCTIONS.length);
    for (const { Properties } of own) expect(Properties.TracingConfig).toEqual({ Mode: 'Active' });
  });
});

describe('alarms', () => {
  it('each lead to a heading of the runbook', () => {
    const runbook = readFileSync(join(import.meta.dirname, '../../../docs/runbook.md'), 'utf8');
    const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    const alarms = prod.ofType('AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(10);
    for (const { Properties } of alarms) {
      const [, anchor] = /docs\/runbook\.md#([\w-]+)$/.exec(String(Properties.AlarmDescription)) ?? [];
      expect(headings).toContain(anchor);
      expect(Properties.AlarmActions).toHaveLength(1);
    }
  });
});

describe('the catalog', () => {
  it('projects the partitions of every external table and says how its files are read', () => {
    const tables = prod.ofType('AWS::Glue::Table');
    expect(tables.length).toBeGreaterThan(contracts.length);
    for (const { Properties } of tables) {
      expect(Properties.TableInput).toMatchObject({
        TableType: 'EXTERNAL_TABLE',
        Parameters: { 'projection.enabled': 'true', 'storage.location.template': expect.anything() },
        StorageDescriptor: { SerdeInfo: { SerializationLibrary: expect.any(String) } },
      });
      const { PartitionKeys, Parameters } = Object(Properties.TableInput);
      for (const { Name } of PartitionKeys) expect(Parameters).toHaveProperty([`projection.${Name}.type`]);
    }
  });
});
