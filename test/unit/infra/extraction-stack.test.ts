import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ExtractionSettings, parseExtraction } from '../../../events/extract/extraction.ts';
import { type Settings, settingsOf } from '../../../infra/environments.ts';
import { Names } from '../../../infra/names.ts';
import { ExtractionStack } from '../../../infra/stacks/extraction-stack.ts';
import { SYNTHESIS_TIMEOUT_MS, statementsOf } from './synthesised.ts';

const shop: ExtractionSettings = {
  name: 'shop',
  source: 'erp_products',
  kind: 'rest',
  schedule: 'rate(1 hour)',
  url: 'https://shop.example.com/products',
  records: 'items',
};
const erp: ExtractionSettings = {
  name: 'erp',
  source: 'erp_products',
  kind: 'postgres',
  schedule: 'cron(15 * * * ? *)',
  host: 'db.example.com',
  database: 'erp',
  table: 'products',
};

function templateWith(more: Partial<Settings>): Template {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] }, analyticsReporting: false });
  const settings = { ...settingsOf('prod'), ...more };
  const rawDataKey = new Key(new Stack(app, 'Storage'), 'RawDataKey');
  const stack = new ExtractionStack(app, 'Extraction', { settings, names: new Names(settings), rawDataKey });
  return Template.fromStack(stack);
}

let template: Template;
beforeAll(() => {
  const databaseNetwork = { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] };
  template = templateWith({ extractions: [shop, erp], databaseNetwork });
}, SYNTHESIS_TIMEOUT_MS);

const properties = (type: string): Readonly<Record<string, unknown>>[] =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);

/** What a function may do with a service. */
function grants(kind: string, service: string): readonly (readonly [actions: string, resources: string])[] {
  const policy = properties('AWS::IAM::Policy').find(({ PolicyName }) =>
    String(PolicyName).startsWith(`Extract${kind}Role`),
  );
  return statementsOf({ Properties: policy ?? {} })
    .filter(({ actions }) => actions.every((action) => action.startsWith(`${service}:`)))
    .map(({ actions, resources }) => [actions.join(), resources.join()]);
}

describe('extractions', () => {
  it('have their settings, all defaults filled in, in a parameter each', () => {
    const found = properties('AWS::SSM::Parameter').map(({ Name, Value }) => [Name, JSON.parse(String(Value))]);
    expect(found).toEqual([
      ['/tributary/extractions/shop', parseExtraction(shop)],
      ['/tributary/extractions/erp', parseExtraction(erp)],
    ]);
  });

  it('run by their schedules, in the function of their kind', () => {
    const found = properties('AWS::Scheduler::Schedule').map(({ Name, ScheduleExpression, Target }) => ({
      Name,
      ScheduleExpression,
      arn: JSON.stringify(Object(Target).Arn).match(/tributary-extract-\w+/)?.[0],
      input: Object(Target).Input,
    }));
    expect(found).toEqual([
      {
        Name: 'tributary-extract-shop',
        ScheduleExpression: 'rate(1 hour)',
        arn: 'tributary-extract-rest',
        input: '{"name":"shop"}',
      },
      {
        Name: 'tributary-extract-erp',
        ScheduleExpression: 'cron(15 * * * ? *)',
        arn: 'tributary-extract-postgres',
        input: '{"name":"erp"}',
      },
    ]);
  });

  it.each([
    ['rest', 'tributary/extract-rest/*'],
    ['postgres', 'tributary/extract-postgres/*'],
  ])('of kind %s read the secrets of their kind, and write below extract/ only', (kind, secrets) => {
    expect(grants(kind, 'secretsmanager')).toEqual([
      ['secretsmanager:GetSecretValue', expect.stringContaining(`:secret:${secrets}"`)],
    ]);
    expect(grants(kind, 's3')).toEqual([
      ['s3:PutObject,s3:AbortMultipartUpload', expect.stringMatching(/-landing-.*\/\*\/extract\/\*"/)],
    ]);
    expect(grants(kind, 'lambda')).toEqual([
      ['lambda:InvokeFunction', expect.stringContaining(`tributary-extract-${kind}"`)],
    ]);
  });

  it('of databases run in their network, and only they', () => {
    const networks = properties('AWS::Lambda::Function').map(({ FunctionName, VpcConfig }) => [
      FunctionName,
      VpcConfig,
    ]);
    expect(networks).toEqual([
      ['tributary-extract-rest', undefined],
      ['tributary-extract-postgres', { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] }],
    ]);
    expect(grants('rest', 'ec2')).toEqual([]);
    expect(grants('postgres', 'ec2')).toHaveLength(1);
  });

  it.each<[what: string, extractions: readonly ExtractionSettings[]]>([
    ['two of one name', [shop, { ...erp, name: 'shop' }]],
    ['settings that are not valid', [{ ...shop, url: 'http://shop.example.com' }]],
    ['a source without contract', [{ ...shop, source: 'nothing' }]],
  ])('with %s are refused before anything is deployed', (_, extractions) => {
    expect(() => templateWith({ extractions })).toThrow(expect.objectContaining({ code: 'bad_extraction' }));
  });
});
