import type { Operand } from '../../../engine/dialect/translate/scope.ts';
import type { Failure } from '../failures.ts';
import type { StoredResult } from '../results/stored-result.ts';
import type { Statement } from '../statements/statement.ts';
import { statementType } from '../statements/statement-type.ts';

export type State = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** One run of a statement, from its submission until the process ends. */
export interface Execution {
  readonly id: string;
  readonly sql: string;
  readonly statement: Statement;
  readonly parameters: readonly Operand[];
  readonly workGroup: string;
  readonly database: string | undefined;
  readonly catalog: string | undefined;
  /** Object that holds the result. */
  readonly location: string;
  readonly executionParameters: readonly string[] | undefined;
  readonly submitted: Date;
  readonly abort: AbortController;
  /** Whether the work group, not the caller, decides where results go. */
  readonly isLocationEnforced: boolean;
  /** Bytes that the query may read before it is cancelled. */
  readonly scanLimit: number | undefined;
  /** How old an earlier result may be to be taken instead, in minutes; 0 for none. */
  readonly reuseMinutes: number;
  state: State;
  /** The execution whose result was taken. */
  reused?: Execution;
  failure?: Failure;
  started?: Date;
  completed?: Date;
  scannedBytes: number;
  rows: number;
  /** Rows that a statement has written. */
  updateCount: number;
  result?: StoredResult;
}

export const isFinished = ({ state }: Execution): boolean => state !== 'QUEUED' && state !== 'RUNNING';

/** Whether the result of an earlier execution is one that a later one may take instead of its own. */
export function isReusable(earlier: Execution, later: Execution): boolean {
  const isSame =
    earlier.state === 'SUCCEEDED' &&
    earlier.statement.kind === later.statement.kind &&
    earlier.sql === later.sql &&
    earlier.workGroup === later.workGroup &&
    earlier.database === later.database &&
    String(earlier.executionParameters) === String(later.executionParameters);
  const age = later.submitted.getTime() - (earlier.completed?.getTime() ?? 0);
  return isSame && later.statement.kind === 'query' && age <= later.reuseMinutes * MINUTE_MS;
}

const MINUTE_MS = 60_000;

/** Athena's categories: 1 system, 2 user. */
const SYSTEM_ERROR = 1;
const USER_ERROR = 2;

/** The protocol's numbers of seconds since 1970. */
const seconds = (date: Date): number => date.getTime() / 1000;

/** The shape of GetQueryExecution; times are seconds, as the protocol has them. */
export function describeExecution(execution: Execution): Readonly<Record<string, unknown>> {
  const { id, sql, statement, workGroup, database, catalog, location, executionParameters, reuseMinutes } = execution;
  const [type, subtype] = statementType(statement);
  return {
    QueryExecutionId: id,
    Query: sql,
    StatementType: type,
    SubstatementType: subtype,
    ResultConfiguration: { OutputLocation: execution.reused?.location ?? location },
    ResultReuseConfiguration: {
      ResultReuseByAgeConfiguration:
        reuseMinutes > 0 ? { Enabled: true, MaxAgeInMinutes: reuseMinutes } : { Enabled: false },
    },
    QueryExecutionContext: { ...(database && { Database: database }), ...(catalog && { Catalog: catalog }) },
    Status: statusOf(execution),
    Statistics: statisticsOf(execution),
    WorkGroup: workGroup,
    EngineVersion: { SelectedEngineVersion: 'AUTO', EffectiveEngineVersion: 'Athena engine version 3' },
    ...(executionParameters && { ExecutionParameters: executionParameters }),
  };
}

function statusOf({ state, failure, submitted, completed }: Execution): Readonly<Record<string, unknown>> {
  const reason = failure && `${failure.name}: ${failure.detail}`;
  return {
    State: state,
    SubmissionDateTime: seconds(submitted),
    ...(completed && { CompletionDateTime: seconds(completed) }),
    ...(reason && { StateChangeReason: reason }),
    ...(state === 'CANCELLED' && { StateChangeReason: failure?.detail ?? 'Query cancelled by user' }),
    ...(failure &&
      state === 'FAILED' && {
        AthenaError: {
          ErrorCategory: failure.byUser ? USER_ERROR : SYSTEM_ERROR,
          ErrorType: failure.byUser ? 1301 : 233,
          Retryable: false,
          ErrorMessage: reason,
        },
      }),
  };
}

function statisticsOf({
  submitted,
  started,
  completed,
  scannedBytes,
  reused,
}: Execution): Readonly<Record<string, unknown>> {
  const end = completed ?? new Date();
  const running = started === undefined ? 0 : end.getTime() - started.getTime();
  const total = end.getTime() - submitted.getTime();
  return {
    EngineExecutionTimeInMillis: running,
    DataScannedInBytes: scannedBytes,
    TotalExecutionTimeInMillis: total,
    QueryQueueTimeInMillis: total - running,
    ServicePreProcessingTimeInMillis: 0,
    QueryPlanningTimeInMillis: 0,
    ServiceProcessingTimeInMillis: 0,
    ResultReuseInformation: { ReusedPreviousResult: reused !== undefined },
  };
}
