import {
  CreateTableCommand,
  EntityNotFoundException,
  GetTableCommand,
  type GlueClient,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { asError } from '../common/errors.ts';
import type { ViewCatalog } from './build/index.ts';
import { hiveTypeOf } from './hive-type.ts';
import { prestoViewText, type ViewDefinition } from './view.ts';

const FINGERPRINT = 'tributary.fingerprint';
/** Trino takes a table for a view by this very comment; the view's own description is in its definition. */
const VIEW_COMMENT = 'Presto View';
/** Glue's limit. */
const MAX_COMMENT = 255;

/** Views in the AWS Glue catalog, in the form that Athena and Trino share. */
export const glueViews = (glue: GlueClient): ViewCatalog => ({
  async get(database, name) {
    try {
      const { Table: found } = await glue.send(new GetTableCommand({ DatabaseName: database, Name: name }));
      const columns = found?.StorageDescriptor?.Columns ?? [];
      return {
        fingerprint: found?.Parameters?.[FINGERPRINT],
        columns: columns.map(({ Name = '', Type = '' }) => ({ name: Name, type: Type })),
      };
    } catch (error) {
      if (error instanceof EntityNotFoundException) return undefined;
      throw asError(error);
    }
  },

  async put(view) {
    const request = { DatabaseName: view.database, TableInput: tableInput(view) };
    try {
      await glue.send(new UpdateTableCommand(request));
    } catch (error) {
      if (!(error instanceof EntityNotFoundException)) throw asError(error);
      await glue.send(new CreateTableCommand(request));
    }
  },
});

const tableInput = (view: ViewDefinition): TableInput => ({
  Name: view.name,
  Description: VIEW_COMMENT,
  // Trino overlooks views without an owner.
  Owner: 'tributary',
  TableType: 'VIRTUAL_VIEW',
  Parameters: { presto_view: 'true', comment: VIEW_COMMENT, [FINGERPRINT]: view.fingerprint },
  ViewOriginalText: prestoViewText(view),
  ViewExpandedText: '/* Presto View */',
  StorageDescriptor: {
    Columns: view.columns.map(({ name, type, description }) => ({
      Name: name,
      Type: hiveTypeOf(type),
      Comment: description.slice(0, MAX_COMMENT),
    })),
    SerdeInfo: {},
  },
});
