import type { Statement } from './statement.ts';

/** How Athena classifies a statement. */
export type StatementType = 'DML' | 'DDL' | 'UTILITY';

const TYPES: Readonly<Record<Statement['kind'], readonly [StatementType, string]>> = {
  query: ['DML', 'SELECT'],
  explain: ['UTILITY', 'EXPLAIN'],
  show_databases: ['UTILITY', 'SHOW_DATABASES'],
  show_tables: ['UTILITY', 'SHOW_TABLES'],
  show_views: ['UTILITY', 'SHOW_VIEWS'],
  show_columns: ['UTILITY', 'SHOW_COLUMNS'],
  show_partitions: ['UTILITY', 'SHOW_PARTITIONS'],
  show_create_table: ['UTILITY', 'SHOW_CREATE_TABLE'],
  show_create_view: ['UTILITY', 'SHOW_CREATE_VIEW'],
  describe: ['UTILITY', 'DESCRIBE_TABLE'],
  create_view: ['DDL', 'CREATE_VIEW'],
  drop_view: ['DDL', 'DROP_VIEW'],
  drop_table: ['DDL', 'DROP_TABLE'],
  create_database: ['DDL', 'CREATE_DATABASE'],
  drop_database: ['DDL', 'DROP_DATABASE'],
  create_table: ['DDL', 'CREATE_TABLE'],
  create_table_as: ['DDL', 'CREATE_TABLE_AS_SELECT'],
  insert: ['DML', 'INSERT'],
  unload: ['DML', 'UNLOAD'],
  repair_table: ['DDL', 'MSCK_REPAIR_TABLE'],
  add_partitions: ['DDL', 'ALTER_TABLE_ADD_PARTITION'],
  drop_partitions: ['DDL', 'ALTER_TABLE_DROP_PARTITION'],
  set_properties: ['DDL', 'ALTER_TABLE_SET_TBLPROPERTIES'],
  show_properties: ['UTILITY', 'SHOW_TBLPROPERTIES'],
  prepare: ['DDL', 'PREPARE'],
  deallocate: ['DDL', 'DEALLOCATE'],
  execute: ['DML', 'SELECT'],
  unsupported: ['DDL', 'UNKNOWN'],
};

/** Type and subtype of a statement, as GetQueryExecution gives them. */
export const statementType = ({ kind }: Statement): readonly [StatementType, string] => TYPES[kind];
