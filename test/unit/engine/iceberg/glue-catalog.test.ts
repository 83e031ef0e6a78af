import {
  AlreadyExistsException,
  ConcurrentModificationException,
  CreateTableCommand,
  EntityNotFoundException,
  GetTableCommand,
  GlueClient,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { glueCatalog } from '../../../../engine/iceberg/index.ts';
import { newMetadata } from '../../../../engine/iceberg/metadata.ts';
import { DEFINITION } from './lake-table.ts';

const glue = mockClient(GlueClient);
const catalog = glueCatalog(new GlueClient({ region: 'us-east-1' }));
const metadata = newMetadata(DEFINITION);
const exception = { $metadata: {}, message: 'as Glue says' };

const entry = {
  database: 'gold',
  table: 'sales',
  versionId: '7',
  metadataLocation: 's3://lake/gold/sales/metadata/00001-a.metadata.json',
  parameters: { table_type: 'ICEBERG', owner_team: 'finance' },
};

beforeEach(() => {
  glue.reset();
});

describe('glueCatalog', () => {
  it('creates tables in the form that query engines expect', async () => {
    glue.on(CreateTableCommand).resolves({});
    await catalog.create('gold', 'sales', 's3://lake/first.metadata.json', metadata);
    const { TableInput } = glue.commandCalls(CreateTableCommand)[0]?.args[0].input ?? {};
    expect(TableInput).toMatchObject({
      Name: 'sales',
      Description: 'Sales for tests',
      TableType: 'EXTERNAL_TABLE',
      Parameters: { table_type: 'ICEBERG', metadata_location: 's3://lake/first.metadata.json' },
      StorageDescriptor: { Location: DEFINITION.location },
    });
    expect(TableInput?.StorageDescriptor?.Columns?.map(({ Name, Type, Comment }) => [Name, Type, Comment])).toEqual([
      ['sale_id', 'string', 'Key'],
      ['quantity', 'int', undefined],
      ['amount', 'decimal(18,2)', 'In base currency'],
      ['sold_on', 'date', 'Day of sale'],
    ]);
  });

  it('moves the pointer under the version that was read, and keeps other parameters', async () => {
    glue.on(UpdateTableCommand).resolves({});
    await catalog.swap(entry, 's3://lake/next.metadata.json', metadata);
    expect(glue.commandCalls(UpdateTableCommand)[0]?.args[0].input).toMatchObject({
      DatabaseName: 'gold',
      VersionId: '7',
      SkipArchive: true,
      TableInput: {
        Parameters: {
          table_type: 'ICEBERG',
          owner_team: 'finance',
          metadata_location: 's3://lake/next.metadata.json',
          previous_metadata_location: entry.metadataLocation,
        },
      },
    });
  });

  it('tells a conflict from other failures', async () => {
    glue
      .on(UpdateTableCommand)
      .rejectsOnce(new ConcurrentModificationException(exception))
      .rejects(new Error('denied'));
    const swap = () => catalog.swap(entry, 's3://lake/next.metadata.json', metadata);
    await expect(swap()).rejects.toMatchObject({ code: 'commit_conflict', where: 'gold.sales' });
    await expect(swap()).rejects.toThrow('denied');
  });

  it('tells tables that are absent, taken, or of another kind', async () => {
    glue
      .on(GetTableCommand)
      .rejectsOnce(new EntityNotFoundException(exception))
      .resolves({ Table: { Name: 'sales', Parameters: { classification: 'parquet' } } });
    glue.on(CreateTableCommand).rejects(new AlreadyExistsException(exception));
    expect(await catalog.get('gold', 'sales')).toBeUndefined();
    await expect(catalog.get('gold', 'sales')).rejects.toMatchObject({ code: 'not_iceberg' });
    await expect(catalog.create('gold', 'sales', 's3://lake/x', metadata)).rejects.toMatchObject({
      code: 'table_exists',
    });
  });
});
