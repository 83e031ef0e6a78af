import { asError, TributaryError } from '../../common/errors.ts';
import { SqlError } from '../../engine/dialect/index.ts';

/** Why a query failed, as Athena says it. */
export interface Failure {
  /** `TABLE_NOT_FOUND`, `DIVISION_BY_ZERO` … */
  readonly name: string;
  readonly detail: string;
  /** Whether the query, not the engine, is at fault. */
  readonly byUser: boolean;
}

/** A statement that Athena would refuse or that this endpoint does not run. */
export class QueryFailure extends Error implements Failure {
  readonly detail: string;
  readonly byUser = true;

  constructor(name: string, detail: string) {
    super(`${name}: ${detail}`);
    this.name = name;
    this.detail = detail;
  }
}

/** The query would read more than its work group allows, which cancels it. */
export class ScanLimitExceeded extends QueryFailure {
  constructor() {
    super('CANCELLED', 'Bytes scanned limit was exceeded');
  }
}

type Rule = readonly [pattern: RegExp, name: string, detail: (match: RegExpExecArray) => string];

const fixed = (detail: string) => (): string => detail;
const first = (match: RegExpExecArray): string => match[1] ?? '';

/** What DuckDB says, and what Athena says of the same. */
const RULES: readonly Rule[] = [
  [/Invalid Input Error: (Division by zero)/, 'DIVISION_BY_ZERO', first],
  [/Invalid Input Error: (Cannot cast '.*)/s, 'INVALID_CAST_ARGUMENT', first],
  [
    /Invalid Input Error: (Array subscript.*|SQL array indices.*|Key not present.*)/,
    'INVALID_FUNCTION_ARGUMENT',
    first,
  ],
  [/Map keys must be unique/, 'INVALID_FUNCTION_ARGUMENT', fixed('Duplicate map keys are not allowed')],
  [
    /Could not convert string '(.*?)' to (\w+)/s,
    'INVALID_CAST_ARGUMENT',
    ([, text, type]) => `Cannot cast '${text}' to ${trinoType(type ?? '')}`,
  ],
  [/Conversion Error: (.*)/, 'INVALID_CAST_ARGUMENT', first],
  [
    /Could not parse string "(.*?)" according to format/,
    'INVALID_FUNCTION_ARGUMENT',
    ([, text]) => `Invalid format: "${text}"`,
  ],
  [
    /Overflow in|out of range|Out of Range Error/i,
    'NUMERIC_VALUE_OUT_OF_RANGE',
    fixed('A number is out of the range of its type'),
  ],
  [
    /column "(.+?)" must appear in the GROUP BY clause/,
    'EXPRESSION_NOT_AGGREGATE',
    ([, column]) => `'${column}' must be an aggregate expression or appear in GROUP BY clause`,
  ],
  [
    /(?:WHERE|GROUP BY) clause cannot contain (aggregates|window functions)/,
    'EXPRESSION_NOT_SCALAR',
    ([, what]) => `WHERE clause cannot contain ${what}`,
  ],
  [
    /More than one row returned by a subquery/,
    'SUBQUERY_MULTIPLE_ROWS',
    fixed('Scalar sub-query has returned multiple rows'),
  ],
  [/Out of Memory Error/, 'EXCEEDED_MEMORY_LIMIT', fixed('Query exceeded the memory limit of the local endpoint')],
];

const TYPES: Readonly<Record<string, string>> = {
  INT8: 'TINYINT',
  INT16: 'SMALLINT',
  INT32: 'INTEGER',
  INT64: 'BIGINT',
  FLOAT: 'REAL',
  BOOL: 'BOOLEAN',
};

const trinoType = (duckDbType: string): string => TYPES[duckDbType] ?? duckDbType;

/** Whatever stopped a query, in Athena's words. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof QueryFailure) return thrown;
  if (thrown instanceof SqlError) return { name: thrown.errorName, detail: thrown.message, byUser: true };
  if (thrown instanceof TributaryError) return ofTributary(thrown);
  const { message } = asError(thrown);
  for (const [pattern, name, detail] of RULES) {
    const match = pattern.exec(message);
    if (match !== null) return { name, detail: detail(match).split('\n')[0] ?? '', byUser: true };
  }
  return { name: 'GENERIC_INTERNAL_ERROR', detail: message.split('\n')[0] ?? '', byUser: false };
}

const CODES: Readonly<Record<string, string>> = {
  no_such_snapshot: 'ICEBERG_INVALID_SNAPSHOT_ID',
  delete_files_unsupported: 'NOT_SUPPORTED',
  unsupported_table_format: 'NOT_SUPPORTED',
  unknown_type: 'TYPE_NOT_FOUND',
  object_missing: 'HIVE_CANNOT_OPEN_SPLIT',
};

function ofTributary({ code, message, where }: TributaryError): Failure {
  const name = CODES[code];
  const detail = where === undefined ? message : `${message} (${where})`;
  return { name: name ?? 'GENERIC_INTERNAL_ERROR', detail, byUser: name !== undefined };
}
