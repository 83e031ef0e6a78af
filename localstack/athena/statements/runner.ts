import type { GlueClient } from '@aws-sdk/client-glue';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Query } from '../../../engine/dialect/ast.ts';
import { constant } from '../../../engine/dialect/index.ts';
import type { Operand } from '../../../engine/dialect/translate/scope.ts';
import { BIGINT, VARCHAR } from '../../../engine/dialect/types.ts';
import { s3FileIo } from '../../../engine/iceberg/index.ts';
import type { EmulatorAthena } from '../emulator.ts';
import type { Engine, Output } from '../engine.ts';
import type { Execution } from '../executions/execution.ts';
import { QueryFailure, ScanLimitExceeded } from '../failures.ts';
import { glueReader } from '../tables/glue.ts';
import { requireNamed } from '../writes/types.ts';
import { createDatabase, createView, dropDatabase, dropView } from './definitions.ts';
import * as listings from './listings.ts';
import { parseStatementText, type Statement } from './statement.ts';
import * as tables from './tables.ts';
import { unload } from './unload.ts';
import { createTableAs, insertInto, type WriteDeps, type WriteRun } from './writes.ts';

export interface RunnerDeps {
  readonly engine: Engine;
  readonly glue: GlueClient;
  readonly s3: S3Client;
  readonly emulator: EmulatorAthena;
}

type Run = Omit<WriteRun, 'query' | 'text' | 'parameters'> & {
  readonly workGroup: string;
  /** Told the number of rows that a statement has written. */
  onWrite(rows: number): void;
};

/** Runs a statement of any kind. */
export class StatementRunner {
  readonly #deps: RunnerDeps;

  constructor(deps: RunnerDeps) {
    this.#deps = deps;
  }

  async run(execution: Execution, output: Output): Promise<void> {
    const run: Run = {
      context: { database: execution.database },
      signal: execution.abort.signal,
      workGroup: execution.workGroup,
      resultLocation: execution.location,
      isLocationEnforced: execution.isLocationEnforced,
      onScan: (bytes) => {
        execution.scannedBytes = bytes;
        if (bytes > (execution.scanLimit ?? Number.POSITIVE_INFINITY)) throw new ScanLimitExceeded();
      },
      onWrite: (rows) => {
        execution.updateCount = rows;
      },
    };
    const counting: Output = {
      begin: (columns) => output.begin(columns),
      write: (rows) => {
        execution.rows += rows.length;
        return output.write(rows);
      },
    };
    if (execution.statement.kind === 'execute') return this.#execute(execution.statement, run, counting);
    await this.#statement(execution.statement, execution.sql, execution.parameters, run, counting);
  }

  async #statement(
    statement: Statement,
    text: string,
    parameters: readonly Operand[],
    run: Run,
    output: Output,
  ): Promise<void> {
    const { engine, glue, s3, emulator } = this.#deps;
    const reader = glueReader(glue);
    const deps: WriteDeps = { engine, glue, s3, io: s3FileIo(s3) };
    const query = (of: Query): WriteRun => ({ ...run, query: of, text, parameters });
    const nothing = (): Promise<void> => output.begin([]);
    const wrote = async (rows: number): Promise<void> => {
      run.onWrite(rows);
      await output.begin([{ name: 'rows', type: BIGINT }]);
    };
    switch (statement.kind) {
      case 'query':
        checkParameters(statement.parameters, parameters);
        return engine.run(query(statement.query), output);
      case 'explain':
        return lines('Query Plan', await engine.explain(query(statement.query)), output);
      case 'show_databases':
        return lines('database_name', await listings.databases(reader, statement), output);
      case 'show_tables':
        return lines('tab_name', await listings.tables(reader, statement, run.context), output);
      case 'show_views':
        return lines('views', await listings.views(reader, statement, run.context), output);
      case 'show_columns':
        return lines('field', await listings.columnNames(reader, statement.table, run.context), output);
      case 'show_partitions':
        return lines('partition', await listings.partitions(reader, statement.table, run.context), output);
      case 'show_create_table':
        return lines('createtab_stmt', await listings.tableDefinition(reader, statement.table, run.context), output);
      case 'show_create_view':
        return lines('Create View', await listings.viewDefinition(reader, statement.table, run.context), output);
      case 'describe':
        await output.begin(['col_name', 'data_type', 'comment'].map((name) => ({ name, type: VARCHAR })));
        return output.write(await listings.columns(reader, statement.table, run.context));
      case 'create_view': {
        const columns = await engine.describe(query(statement.query));
        requireNamed(columns);
        await createView(glue, statement, columns, run.context);
        return output.begin([]);
      }
      case 'drop_view':
        await dropView(glue, statement, run.context);
        return output.begin([]);
      case 'drop_table':
        return tables.dropTable(deps, statement, run.context).then(nothing);
      case 'create_table':
        return tables.createTable(deps, statement, run.context).then(nothing);
      case 'create_table_as':
        return wrote(await createTableAs(deps, statement, query(statement.query)));
      case 'insert':
        checkParameters(statement.parameters, parameters);
        return wrote(await insertInto(deps, statement, query(statement.query)));
      case 'unload':
        checkParameters(statement.parameters, parameters);
        return wrote(await unload(deps, statement, query(statement.query)));
      case 'repair_table':
        return lines('repair', await tables.repairTable(deps, statement.table, run.context), output);
      case 'add_partitions':
        return tables.addPartitions(deps, statement, run.context).then(nothing);
      case 'drop_partitions':
        return tables.dropPartitions(deps, statement, run.context).then(nothing);
      case 'set_properties':
        return tables.setProperties(deps, statement, run.context).then(nothing);
      case 'show_properties':
        await output.begin(['prpt_name', 'prpt_value'].map((name) => ({ name, type: VARCHAR })));
        return output.write(await listings.properties(reader, statement.table, statement.property, run.context));
      case 'prepare':
        return emulator.prepare(run.workGroup, statement.name, statement.statementText).then(nothing);
      case 'deallocate':
        return deallocate(emulator, run.workGroup, statement.name).then(nothing);
      case 'create_database':
        await createDatabase(glue, statement);
        return output.begin([]);
      case 'drop_database':
        await dropDatabase(glue, statement);
        return output.begin([]);
      case 'execute':
        throw new QueryFailure('NOT_SUPPORTED', 'A prepared statement cannot execute another');
      case 'unsupported':
        throw new QueryFailure('NOT_SUPPORTED', `The local endpoint does not run ${statement.what} statements`);
    }
  }

  async #execute({ name, using }: Extract<Statement, { kind: 'execute' }>, run: Run, output: Output): Promise<void> {
    const text = await this.#deps.emulator.preparedStatement(run.workGroup, name);
    if (text === undefined) throw notPrepared(name);
    const parameters = using.map((expression) => constant(expression, text));
    await this.#statement(parseStatementText(text), text, parameters, run, output);
  }
}

async function deallocate(emulator: EmulatorAthena, workGroup: string, name: string): Promise<void> {
  if ((await emulator.preparedStatement(workGroup, name)) === undefined) throw notPrepared(name);
  await emulator.deallocate(workGroup, name);
}

const notPrepared = (name: string): QueryFailure =>
  new QueryFailure('NOT_FOUND', `Prepared statement not found: ${name}`);

function checkParameters(expected: number, { length }: readonly Operand[]): void {
  if (expected === length) return;
  const detail = `line 1:1: Incorrect number of parameters: expected ${expected} but found ${length}`;
  throw new QueryFailure('INVALID_PARAMETER_USAGE', detail);
}

/** A result of one column of text. */
async function lines(name: string, values: readonly string[], output: Output): Promise<void> {
  await output.begin([{ name, type: VARCHAR }]);
  await output.write(values.map((value) => [value]));
}
