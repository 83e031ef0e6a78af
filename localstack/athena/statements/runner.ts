import type { GlueClient } from '@aws-sdk/client-glue';
import type { Query } from '../../../engine/dialect/ast.ts';
import { constant } from '../../../engine/dialect/index.ts';
import type { Operand } from '../../../engine/dialect/translate/scope.ts';
import { VARCHAR } from '../../../engine/dialect/types.ts';
import type { EmulatorAthena } from '../emulator.ts';
import type { Engine, Output, QueryRun } from '../engine.ts';
import type { Execution } from '../executions/execution.ts';
import { QueryFailure } from '../failures.ts';
import { glueReader } from '../tables/glue.ts';
import { createDatabase, createView, dropDatabase, dropTable, dropView } from './definitions.ts';
import * as listings from './listings.ts';
import { parseStatementText, type Statement } from './statement.ts';

export interface RunnerDeps {
  readonly engine: Engine;
  readonly glue: GlueClient;
  readonly emulator: EmulatorAthena;
}

type Run = Pick<QueryRun, 'context' | 'signal' | 'onScan'>;

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
      onScan: (bytes) => {
        execution.scannedBytes = bytes;
      },
    };
    const counting: Output = {
      begin: (columns) => output.begin(columns),
      write: (rows) => {
        execution.rows += rows.length;
        return output.write(rows);
      },
    };
    if (execution.statement.kind === 'execute') {
      await this.#execute(execution.statement, execution.workGroup, run, counting);
      return;
    }
    await this.#statement(execution.statement, execution.sql, execution.parameters, run, counting);
  }

  async #statement(
    statement: Statement,
    text: string,
    parameters: readonly Operand[],
    run: Run,
    output: Output,
  ): Promise<void> {
    const { engine, glue } = this.#deps;
    const reader = glueReader(glue);
    const query = (of: Query): QueryRun => ({ ...run, query: of, text, parameters });
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
        await createView(glue, statement, columns, run.context);
        return output.begin([]);
      }
      case 'drop_view':
        await dropView(glue, statement, run.context);
        return output.begin([]);
      case 'drop_table':
        await dropTable(glue, statement, run.context);
        return output.begin([]);
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

  async #execute(
    { name, using }: Extract<Statement, { kind: 'execute' }>,
    workGroup: string,
    run: Run,
    output: Output,
  ): Promise<void> {
    const text = await this.#deps.emulator.preparedStatement(workGroup, name).catch(() => undefined);
    if (text === undefined) throw new QueryFailure('NOT_FOUND', `Prepared statement not found: ${name}`);
    const parameters = using.map((expression) => constant(expression, text));
    await this.#statement(parseStatementText(text), text, parameters, run, output);
  }
}

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
