/** How one expression fails when it is run: Trino's error name, a part of DuckDB's message, Spark's error class. */
export interface Failure {
  readonly trino: string;
  readonly duckdb: string;
  readonly spark: string;
}

/** Expressions that fail on every engine. */
export const FAILURES: readonly (readonly [expression: string, failure: Failure])[] = [
  ['1 / 0', { trino: 'DIVISION_BY_ZERO', duckdb: 'Division by zero', spark: 'DIVIDE_BY_ZERO' }],
  ['1.0 / 0', { trino: 'DIVISION_BY_ZERO', duckdb: 'Division by zero', spark: 'DIVIDE_BY_ZERO' }],
  ['5 % 0', { trino: 'DIVISION_BY_ZERO', duckdb: 'Division by zero', spark: 'DIVIDE_BY_ZERO' }],
  [
    '2147483647 + 1',
    { trino: 'NUMERIC_VALUE_OUT_OF_RANGE', duckdb: 'Overflow in addition of INT32', spark: 'ARITHMETIC_OVERFLOW' },
  ],
  [
    "bigint '9223372036854775807' * 2",
    {
      trino: 'NUMERIC_VALUE_OUT_OF_RANGE',
      duckdb: 'Overflow in multiplication of INT64',
      spark: 'ARITHMETIC_OVERFLOW',
    },
  ],
  [
    "cast('abc' as bigint)",
    { trino: 'INVALID_CAST_ARGUMENT', duckdb: "Cannot cast 'abc' to BIGINT", spark: 'CAST_INVALID_INPUT' },
  ],
  [
    "cast('2024-02-30' as date)",
    { trino: 'INVALID_CAST_ARGUMENT', duckdb: 'date field value out of range', spark: 'CAST_INVALID_INPUT' },
  ],
  [
    'cast(1000 as decimal(3,1))',
    {
      trino: 'INVALID_CAST_ARGUMENT',
      duckdb: 'Could not cast value 1000 to DECIMAL(3,1)',
      spark: 'NUMERIC_VALUE_OUT_OF_RANGE',
    },
  ],
  [
    'cast(300 as tinyint)',
    {
      trino: 'NUMERIC_VALUE_OUT_OF_RANGE',
      duckdb: 'out of range for the destination type INT8',
      spark: 'CAST_OVERFLOW',
    },
  ],
  [
    'array[1][2]',
    {
      trino: 'INVALID_FUNCTION_ARGUMENT',
      duckdb: 'Array subscript must be less than or equal to array length: 2 > 1',
      spark: 'INVALID_ARRAY_INDEX',
    },
  ],
  [
    "map(array['a'], array[1])['b']",
    { trino: 'INVALID_FUNCTION_ARGUMENT', duckdb: 'Key not present in map: b', spark: 'RuntimeException' },
  ],
  [
    'map(array[1, 1], array[2, 3])',
    { trino: 'INVALID_FUNCTION_ARGUMENT', duckdb: 'Map keys must be unique', spark: 'RuntimeException' },
  ],
  ["json_parse('nope')", { trino: 'INVALID_FUNCTION_ARGUMENT', duckdb: 'Malformed JSON', spark: 'RuntimeException' }],
  [
    "date_parse('x', '%Y')",
    { trino: 'INVALID_FUNCTION_ARGUMENT', duckdb: 'Could not parse string', spark: 'CANNOT_PARSE_TIMESTAMP' },
  ],
  [
    '(select x from (values 1, 2) as t (x))',
    {
      trino: 'SUBQUERY_MULTIPLE_ROWS',
      duckdb: 'More than one row returned by a subquery',
      spark: 'SCALAR_SUBQUERY_TOO_MANY_ROWS',
    },
  ],
];
