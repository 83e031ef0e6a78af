import { beforeAll, describe, expect, it } from 'vitest';
import { enginesOf, machineOf } from '../../../cli/plan/engines.ts';
import { ENVIRONMENTS, type Settings, settingsOf } from '../../../infra/environments.ts';
import { functionName } from '../../../infra/names.ts';
import { engineSettings } from '../../../lambdas/build-model/engine-settings.ts';
import { remoteEngines } from '../../../lambdas/build-model/engines.ts';
import { ENV } from '../../../lambdas/shared/constants.ts';
import { SYNTHESIS_TIMEOUT_MS, type Synthesised, synthesise } from './synthesised.ts';

describe.each(ENVIRONMENTS)('engines in the environment %s', (environment) => {
  let templates: Synthesised;
  let settings: Settings;
  beforeAll(() => {
    settings = settingsOf(environment);
    templates = synthesise(environment);
  }, SYNTHESIS_TIMEOUT_MS);

  const told = () => {
    const fn = templates
      .ofType('AWS::Lambda::Function')
      .find(({ Properties }) => Properties.FunctionName === functionName('build-model'));
    const value: unknown = Object(fn?.Properties.Environment).Variables[ENV.engines];
    // Names of buckets may have the account in them, which CloudFormation fills in.
    const { 'Fn::Join': join } = Object(value);
    const text = Array.isArray(join)
      ? join[1].map((part: unknown) => (typeof part === 'string' ? part : 'x')).join('')
      : value;
    return engineSettings.parse(JSON.parse(String(text)));
  };

  it('are those that a plan reckons with, and that the function is told of', () => {
    const known = ['duckdb', ...remoteEngines(told()).map(({ engine }) => engine)];
    expect([...enginesOf(settings)]).toEqual(known);
  });

  it('find their work group, with its limit, and their database', () => {
    const { athena } = told();
    const group = templates
      .ofType('AWS::Athena::WorkGroup')
      .find(({ Properties }) => Properties.Name === athena.workGroup);
    expect(group?.Properties.WorkGroupConfiguration).toMatchObject({
      EnforceWorkGroupConfiguration: true,
      BytesScannedCutoffPerQuery: settings.build.athena.bytesLimit,
    });
    const databases = templates
      .ofType('AWS::Glue::Database')
      .map(({ Properties }) => Object(Properties.DatabaseInput).Name);
    expect(databases).toContain(athena.database);
  });

  it('have a Glue job where the settings ask for one, which is never repeated', () => {
    const jobs = templates.ofType('AWS::Glue::Job').map(({ Properties }) => Properties);
    const { spark } = settings.build;
    expect(jobs).toMatchObject(
      spark === undefined
        ? []
        : [
            {
              Name: told().spark?.jobName,
              GlueVersion: '5.0',
              MaxRetries: 0,
              NumberOfWorkers: spark.workers,
              Timeout: spark.timeoutMinutes,
              ExecutionProperty: { MaxConcurrentRuns: spark.runsAtOnce },
            },
          ],
    );
    expect(machineOf(settings).sparkUnits).toBe(spark === undefined ? undefined : 10);
  });

  it('may not take longer than the run of their domain', () => {
    const { hours, waitSeconds, athena, spark } = settings.build;
    expect(hours).toBeLessThan(6);
    expect(waitSeconds).toBeLessThan(15 * 60);
    expect(Math.max(athena.queryMinutes, spark?.timeoutMinutes ?? 0)).toBeLessThan(hours * 60);
  });
});
