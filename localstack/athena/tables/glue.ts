import {
  type Database,
  EntityNotFoundException,
  GetDatabaseCommand,
  GetTableCommand,
  type GlueClient,
  type Partition,
  paginateGetDatabases,
  paginateGetPartitions,
  paginateGetTables,
  type Table,
} from '@aws-sdk/client-glue';

/** What the Glue catalog holds, read afresh for each query. */
export interface GlueReader {
  table(database: string, table: string): Promise<Table | undefined>;
  hasDatabase(database: string): Promise<boolean>;
  databases(): Promise<readonly Database[]>;
  tables(database: string): Promise<readonly Table[]>;
  partitions(database: string, table: string): Promise<readonly Partition[]>;
}

export const glueReader = (glue: GlueClient): GlueReader => ({
  async table(database, table) {
    const request = new GetTableCommand({ DatabaseName: database, Name: table });
    return (await orUndefined(glue.send(request)))?.Table;
  },

  async hasDatabase(database) {
    return (await orUndefined(glue.send(new GetDatabaseCommand({ Name: database })))) !== undefined;
  },

  async databases() {
    const found: Database[] = [];
    for await (const page of paginateGetDatabases({ client: glue }, {})) found.push(...(page.DatabaseList ?? []));
    return found.sort(byName);
  },

  async tables(database) {
    const found: Table[] = [];
    for await (const page of paginateGetTables({ client: glue }, { DatabaseName: database })) {
      found.push(...(page.TableList ?? []));
    }
    return found.sort(byName);
  },

  async partitions(database, table) {
    const found: Partition[] = [];
    const request = { DatabaseName: database, TableName: table };
    for await (const page of paginateGetPartitions({ client: glue }, request)) found.push(...(page.Partitions ?? []));
    return found;
  },
});

async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof EntityNotFoundException) return undefined;
    throw error;
  }
}

const byName = (a: { Name?: string | undefined }, b: { Name?: string | undefined }): number =>
  (a.Name ?? '').localeCompare(b.Name ?? '');
