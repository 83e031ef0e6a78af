import {
  AlreadyExistsException,
  ConcurrentModificationException,
  CreateTableCommand,
  EntityNotFoundException,
  GetTableCommand,
  type GlueClient,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { asError, TributaryError } from '../../common/errors.ts';
import { currentSchema, type TableMetadata } from './metadata.ts';
import type { Catalog, CatalogEntry } from './ports.ts';
import { hiveType } from './schema.ts';
import { commitConflict } from './table.ts';

/** Glue's limits. */
const MAX_DESCRIPTION = 2048;
const MAX_COMMENT = 255;

/** Iceberg tables in the AWS Glue catalog, in the form that Athena, Trino and Spark expect. */
export const glueCatalog = (glue: GlueClient): Catalog => ({
  async get(database, table) {
    try {
      const { Table: found } = await glue.send(new GetTableCommand({ DatabaseName: database, Name: table }));
      const parameters = found?.Parameters ?? {};
      const metadataLocation = parameters.metadata_location;
      if (parameters.table_type?.toUpperCase() !== 'ICEBERG' || metadataLocation === undefined) {
        throw notIceberg(database, table);
      }
      return { database, table, versionId: found?.VersionId, metadataLocation, parameters };
    } catch (error) {
      if (error instanceof EntityNotFoundException) return undefined;
      throw asError(error);
    }
  },

  async create(database, table, metadataLocation, metadata) {
    const TableInput = tableInput(table, { metadata_location: metadataLocation }, metadata);
    try {
      await glue.send(new CreateTableCommand({ DatabaseName: database, TableInput }));
    } catch (error) {
      if (!(error instanceof AlreadyExistsException)) throw asError(error);
      throw new TributaryError({
        code: 'table_exists',
        message: 'the catalog has a table of this name already',
        where: `${database}.${table}`,
        cause: error,
      });
    }
  },

  async swap(expected: CatalogEntry, metadataLocation, metadata) {
    const parameters = {
      ...expected.parameters,
      metadata_location: metadataLocation,
      previous_metadata_location: expected.metadataLocation,
    };
    try {
      await glue.send(
        new UpdateTableCommand({
          DatabaseName: expected.database,
          TableInput: tableInput(expected.table, parameters, metadata),
          VersionId: expected.versionId,
          // Iceberg keeps the history; Glue's own copies would count against its limit of versions.
          SkipArchive: true,
        }),
      );
    } catch (error) {
      if (error instanceof ConcurrentModificationException) throw commitConflict(expected, error);
      throw asError(error);
    }
  },
});

function tableInput(name: string, parameters: Readonly<Record<string, string>>, metadata: TableMetadata): TableInput {
  const description = metadata.properties.comment?.slice(0, MAX_DESCRIPTION) ?? '';
  return {
    Name: name,
    ...(description === '' ? {} : { Description: description }),
    Owner: 'tributary',
    TableType: 'EXTERNAL_TABLE',
    Parameters: { ...parameters, table_type: 'ICEBERG' },
    StorageDescriptor: {
      Location: metadata.location,
      Columns: currentSchema(metadata).fields.map((field) => ({
        Name: field.name,
        Type: hiveType(field.type),
        ...(field.doc === undefined ? {} : { Comment: field.doc.slice(0, MAX_COMMENT) }),
        Parameters: {
          'iceberg.field.id': String(field.id),
          'iceberg.field.optional': String(!field.required),
          'iceberg.field.current': 'true',
        },
      })),
      SerdeInfo: {},
    },
  };
}

const notIceberg = (database: string, table: string): TributaryError =>
  new TributaryError({
    code: 'not_iceberg',
    message: 'the catalog has this name, but not as an Iceberg table',
    where: `${database}.${table}`,
    advice: 'Drop or rename what is there, and deploy again.',
  });
