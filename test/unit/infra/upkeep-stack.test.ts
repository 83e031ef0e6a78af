import { beforeAll, describe, expect, it } from 'vitest';
import { SYNTHESIS_TIMEOUT_MS, type Synthesised, statementsOf, synthesise } from './synthesised.ts';

let dev: Synthesised;
let local: Synthesised;
beforeAll(() => {
  dev = synthesise('dev');
  local = synthesise('local');
}, SYNTHESIS_TIMEOUT_MS);

describe('upkeep by Glue', () => {
  it('compacts, expires and sweeps each published table, by the rules of the builds', () => {
    const optimizers = dev.ofType('AWS::Glue::TableOptimizer').map(({ Properties }) => Properties);
    const ofSilver = optimizers.filter(({ DatabaseName }) => DatabaseName === 'silver');
    expect(optimizers).toHaveLength(6);
    expect(ofSilver.map(({ TableName, Type }) => [TableName, Type])).toEqual([
      ['sales', 'compaction'],
      ['sales', 'retention'],
      ['sales', 'orphan_file_deletion'],
    ]);
    expect(ofSilver.map(({ TableOptimizerConfiguration }) => TableOptimizerConfiguration)).toMatchObject([
      { Enabled: true },
      {
        RetentionConfiguration: {
          IcebergConfiguration: {
            SnapshotRetentionPeriodInDays: 7,
            NumberOfSnapshotsToRetain: 2,
            CleanExpiredFiles: true,
          },
        },
      },
      { OrphanFileDeletionConfiguration: { IcebergConfiguration: { OrphanFileRetentionPeriodInDays: 3 } } },
    ]);
  });

  it('may touch silver, gold and its own logs, and nothing else', () => {
    const policies = dev.ofType('AWS::IAM::Policy').filter(({ stack }) => stack === 'TributaryUpkeep');
    const resources = policies.flatMap(statementsOf).flatMap((statement) => statement.resources);
    expect(resources.length).toBeGreaterThan(0);
    for (const resource of resources) {
      expect(resource).toMatch(/-(silver|gold)-|:(catalog|(database|table)\/(silver|gold)\b)|:\/aws-glue\/iceberg-/);
    }
  });

  it('is not asked of the emulator, which does not know it', () => {
    expect(local.ofType('AWS::Glue::TableOptimizer')).toEqual([]);
  });
});
