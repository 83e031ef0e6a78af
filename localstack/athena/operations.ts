import { randomUUID } from 'node:crypto';
import { AthenaServiceException, type WorkGroup } from '@aws-sdk/client-athena';
import { z } from 'zod';
import { constant, SqlError } from '../../engine/dialect/index.ts';
import { parseExpressionText } from '../../engine/dialect/parse/index.ts';
import type { Operand } from '../../engine/dialect/translate/scope.ts';
import type { EmulatorAthena } from './emulator.ts';
import { describeExecution, type Execution } from './executions/execution.ts';
import type { Executions } from './executions/executions.ts';
import { ApiError, invalidRequest } from './protocol.ts';
import { columnInfo } from './results/columns.ts';
import { readPage } from './results/stored-result.ts';
import { parseStatementText, RefusedStatement, type Statement } from './statements/statement.ts';
import { statementType } from './statements/statement-type.ts';

/** Athena's limit on a query, in bytes. */
const MAX_QUERY_BYTES = 262_144;
const TOO_LONG = `1 validation error detected: Value at 'queryString' failed to satisfy constraint: Member must have length less than or equal to ${MAX_QUERY_BYTES}`;
const MAX_PAGE = 1000;
/** A week; an hour where the caller names no age. */
const MAX_REUSE_MINUTES = 10_080;
const DEFAULT_REUSE_MINUTES = 60;
const LIST_PAGE = 50;

export type Operation = (input: unknown) => Promise<Readonly<Record<string, unknown>>>;

const StartInput = z.object({
  QueryString: z.string().min(1),
  ClientRequestToken: z.string().optional(),
  QueryExecutionContext: z.object({ Database: z.string().optional(), Catalog: z.string().optional() }).optional(),
  ResultConfiguration: z.object({ OutputLocation: z.string().optional() }).optional(),
  ResultReuseConfiguration: z
    .object({
      ResultReuseByAgeConfiguration: z
        .object({ Enabled: z.boolean(), MaxAgeInMinutes: z.number().int().min(0).max(MAX_REUSE_MINUTES).optional() })
        .optional(),
    })
    .optional(),
  WorkGroup: z.string().default('primary'),
  ExecutionParameters: z.array(z.string()).optional(),
});
const IdInput = z.object({ QueryExecutionId: z.string() });
const BatchInput = z.object({ QueryExecutionIds: z.array(z.string()).max(50) });
const ResultsInput = IdInput.extend({
  MaxResults: z.number().int().min(1).max(MAX_PAGE).default(MAX_PAGE),
  NextToken: z.string().optional(),
});
const ListInput = z.object({
  WorkGroup: z.string().default('primary'),
  MaxResults: z.number().int().min(0).max(LIST_PAGE).default(LIST_PAGE),
  NextToken: z.string().optional(),
});

/** The calls that run queries; all others belong to the emulator. */
export function queryOperations(executions: Executions, emulator: EmulatorAthena): Readonly<Record<string, Operation>> {
  const tokens = new Map<string, { readonly id: string; readonly request: string }>();
  const find = (id: string): Execution => {
    const execution = executions.get(id);
    if (execution === undefined) throw invalidRequest(`QueryExecution ${id} was not found`);
    return execution;
  };

  return {
    async StartQueryExecution(raw) {
      const input = parse(StartInput, raw);
      const { ClientRequestToken: token, ...rest } = input;
      const request = JSON.stringify(rest);
      const earlier = token === undefined ? undefined : tokens.get(token);
      if (earlier !== undefined && earlier.request !== request) {
        throw invalidRequest('Idempotent parameters do not match');
      }
      if (earlier !== undefined) return { QueryExecutionId: earlier.id };
      const execution = newExecution(input, await workGroup(emulator, input.WorkGroup));
      if (token !== undefined) tokens.set(token, { id: execution.id, request });
      executions.submit(execution);
      return { QueryExecutionId: execution.id };
    },

    async GetQueryExecution(raw) {
      return { QueryExecution: describeExecution(find(parse(IdInput, raw).QueryExecutionId)) };
    },

    async BatchGetQueryExecution(raw) {
      const ids = parse(BatchInput, raw).QueryExecutionIds;
      const found = ids.map((id) => executions.get(id)).filter((execution) => execution !== undefined);
      const missing = ids.filter((id) => executions.get(id) === undefined);
      return {
        QueryExecutions: found.map(describeExecution),
        UnprocessedQueryExecutionIds: missing.map((id) => ({
          QueryExecutionId: id,
          ErrorCode: 'INVALID_INPUT',
          ErrorMessage: `QueryExecution ${id} was not found`,
        })),
      };
    },

    async StopQueryExecution(raw) {
      executions.stop(find(parse(IdInput, raw).QueryExecutionId));
      return {};
    },

    async ListQueryExecutions(raw) {
      const { WorkGroup: name, MaxResults, NextToken } = parse(ListInput, raw);
      const all = executions.list(name).map(({ id }) => id);
      const from = offsetOf(NextToken);
      const size = MaxResults === 0 ? LIST_PAGE : MaxResults;
      const isLast = from + size >= all.length;
      return { QueryExecutionIds: all.slice(from, from + size), ...(!isLast && { NextToken: tokenOf(from + size) }) };
    },

    async GetQueryResults(raw) {
      const { QueryExecutionId: id, MaxResults, NextToken } = parse(ResultsInput, raw);
      const execution = find(id);
      const result = resultOf(execution);
      const { rows, next } = await readPage(result, offsetOf(NextToken), MaxResults);
      return {
        UpdateCount: execution.updateCount,
        ResultSet: {
          Rows: rows.map((row) => ({ Data: row.map((value) => (value === null ? {} : { VarCharValue: value })) })),
          ResultSetMetadata: { ColumnInfo: result.columns.map(columnInfo) },
        },
        ...(next !== undefined && { NextToken: tokenOf(next) }),
      };
    },

    async GetQueryRuntimeStatistics(raw) {
      const execution = find(parse(IdInput, raw).QueryExecutionId);
      const { Statistics } = describeExecution(execution);
      return {
        QueryRuntimeStatistics: {
          Timeline: Statistics,
          Rows: { OutputRows: execution.rows, InputBytes: execution.scannedBytes },
        },
      };
    },
  };
}

function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw invalidRequest(problems.join('; '));
}

async function workGroup(emulator: EmulatorAthena, name: string): Promise<WorkGroup> {
  try {
    return await emulator.workGroup(name);
  } catch (error) {
    if (!(error instanceof AthenaServiceException)) throw error;
    throw invalidRequest(`WorkGroup ${name} is not found.`);
  }
}

function newExecution(input: z.infer<typeof StartInput>, group: WorkGroup): Execution {
  const { QueryString: sql, QueryExecutionContext, WorkGroup: name, ExecutionParameters } = input;
  if (Buffer.byteLength(sql) > MAX_QUERY_BYTES) throw invalidRequest(TOO_LONG);
  if (group.State === 'DISABLED') throw invalidRequest(`WorkGroup ${name} is disabled.`);
  const statement = readStatement(sql);
  const reuse = input.ResultReuseConfiguration?.ResultReuseByAgeConfiguration;
  const id = randomUUID();
  const suffix = statementType(statement)[0] === 'DML' ? 'csv' : 'txt';
  return {
    id,
    sql,
    statement,
    parameters: (ExecutionParameters ?? []).map(readParameter),
    executionParameters: ExecutionParameters,
    workGroup: name,
    database: QueryExecutionContext?.Database,
    catalog: QueryExecutionContext?.Catalog,
    location: `${outputFolder(input, group)}${id}.${suffix}`,
    submitted: new Date(),
    abort: new AbortController(),
    reuseMinutes: reuse?.Enabled === true ? (reuse.MaxAgeInMinutes ?? DEFAULT_REUSE_MINUTES) : 0,
    isLocationEnforced: group.Configuration?.EnforceWorkGroupConfiguration === true,
    scanLimit: group.Configuration?.BytesScannedCutoffPerQuery,
    state: 'QUEUED',
    scannedBytes: 0,
    rows: 0,
    updateCount: 0,
  };
}

/** The work group's location where it is enforced or the caller names none. */
function outputFolder({ ResultConfiguration }: z.infer<typeof StartInput>, { Configuration }: WorkGroup): string {
  const own = Configuration?.ResultConfiguration?.OutputLocation;
  const asked = ResultConfiguration?.OutputLocation;
  const folder = Configuration?.EnforceWorkGroupConfiguration === true ? (own ?? asked) : (asked ?? own);
  if (folder === undefined || folder === '') {
    throw invalidRequest(
      'No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.',
    );
  }
  if (!/^s3:\/\/[^/]+/.test(folder)) throw invalidRequest(`outputLocation is not a valid S3 path.`);
  return folder.endsWith('/') ? folder : `${folder}/`;
}

/** Athena refuses to start what it cannot parse. */
function readStatement(sql: string): Statement {
  return refusing(() => parseStatementText(sql));
}

const readParameter = (text: string): Operand => refusing(() => constant(parseExpressionText(text), text));

function refusing<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RefusedStatement) throw invalidRequest(error.message);
    if (error instanceof SqlError) throw invalidRequest(error.message, 'MALFORMED_QUERY');
    throw error;
  }
}

function resultOf(execution: Execution) {
  const { result, state } = execution;
  if (state === 'QUEUED' || state === 'RUNNING') {
    throw invalidRequest(`Query has not yet finished. Current state: ${state}`, 'QUERY_NOT_FINISHED');
  }
  if (result === undefined) {
    throw invalidRequest(`Query did not finish successfully. Final query state: ${state}`, 'QUERY_FAILED');
  }
  return result;
}

const tokenOf = (offset: number): string => Buffer.from(String(offset)).toString('base64url');

function offsetOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const offset = Number(Buffer.from(token, 'base64url').toString('utf8'));
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw new ApiError('InvalidRequestException', 'NextToken is invalid');
  return offset;
}
