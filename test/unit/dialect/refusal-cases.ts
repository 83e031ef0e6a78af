/**
 * Queries that Trino refuses, with the error's name and message; what Trino then lists as expected or possible is left
 * out.
 */
export const REFUSALS: readonly (readonly [sql: string, name: string, message: string])[] = [
  [
    'select * from (values 1) as a (k) natural join (values 1) as b (k)',
    'NOT_SUPPORTED',
    'line 1:15: Natural join not supported',
  ],
  ['select from t', 'SYNTAX_ERROR', "line 1:8: mismatched input 'from'"],
  ['select 1 +', 'SYNTAX_ERROR', "line 1:11: mismatched input '<EOF>'"],
  ['select sum(1', 'SYNTAX_ERROR', "line 1:13: mismatched input '<EOF>'"],
  ['select 1 as a b', 'SYNTAX_ERROR', "line 1:15: mismatched input 'b'"],
  ['selec 1', 'SYNTAX_ERROR', "line 1:1: mismatched input 'selec'"],
  ['select * from (values 1) as t where', 'SYNTAX_ERROR', "line 1:36: mismatched input '<EOF>'"],
  [
    'select `a` from t',
    'SYNTAX_ERROR',
    'line 1:8: backquoted identifiers are not supported; use double quotes to quote identifiers',
  ],
  ['select\n  a,\n  nope\nfrom (values 1) as t (a)', 'COLUMN_NOT_FOUND', "line 3:3: Column 'nope' cannot be resolved"],
  ['select t.nope from (values 1) as t (a)', 'COLUMN_NOT_FOUND', "line 1:8: Column 't.nope' cannot be resolved"],
  ['select a from (values 1) as t (a), (values 1) as u (a)', 'AMBIGUOUS_NAME', "line 1:8: Column 'a' is ambiguous"],
  [
    'select a as b from (values 1) as t (a) where b = 1',
    'COLUMN_NOT_FOUND',
    "line 1:46: Column 'b' cannot be resolved",
  ],
  ['select nope(1)', 'FUNCTION_NOT_FOUND', "line 1:8: Function 'nope' not registered"],
  ["select 'a' + 1", 'TYPE_MISMATCH', 'line 1:12: Cannot apply operator: varchar(1) + integer'],
  ["select 1 where 'a' = 1", 'TYPE_MISMATCH', 'line 1:20: Cannot apply operator: varchar(1) = integer'],
  [
    "select 1 where date '2024-01-01' > '2024-01-01'",
    'TYPE_MISMATCH',
    'line 1:34: Cannot apply operator: date < varchar(10)',
  ],
  ['select 1 where 1', 'TYPE_MISMATCH', 'line 1:16: WHERE clause must evaluate to a boolean: actual type integer'],
  ['select length(1)', 'FUNCTION_NOT_FOUND', 'line 1:8: Unexpected parameters (integer) for function length'],
  ['select 1 order by 2', 'INVALID_COLUMN_REFERENCE', 'line 1:19: ORDER BY position 2 is not in select list'],
  [
    'select count(*) from (values 1) as t (a) group by 2',
    'INVALID_COLUMN_REFERENCE',
    'line 1:51: GROUP BY position 2 is not in select list',
  ],
  ['select 1 union select 1, 2', 'TYPE_MISMATCH', 'line 1:10: UNION query has different number of fields: 1, 2'],
  [
    "select 1 union select 'a'",
    'TYPE_MISMATCH',
    'line 1:10: column 1 in UNION query has incompatible types: integer, varchar(1)',
  ],
  ['select cast(1 as nope)', 'TYPE_MISMATCH', 'line 1:8: Unknown type: nope'],
  ["select cast(date '2024-01-01' as integer)", 'TYPE_MISMATCH', 'line 1:8: Cannot cast date to integer'],
  ["select date '2024-13'", 'INVALID_LITERAL', "line 1:8: '2024-13' is not a valid DATE literal"],
  [
    'with x (a, b) as (select 1) select a from x',
    'MISMATCHED_COLUMN_ALIASES',
    'line 1:9: Column alias list has 2 entries but relation has 1 columns',
  ],
  [
    'select * from (select 1) as x (a, b)',
    'MISMATCHED_COLUMN_ALIASES',
    "line 1:15: Column alias list has 2 entries but 'x' has 1 columns available",
  ],
  [
    'select 1 in (select 1, 2)',
    'TYPE_MISMATCH',
    'line 1:10: Value expression and result of subquery must be of the same type: row(integer) vs row(integer, integer)',
  ],
  [
    'select row_number()',
    'MISSING_OVER',
    'line 1:8: Window function system.builtin.row_number requires an OVER clause',
  ],
  [
    "select case when true then 1 else 'a' end",
    'TYPE_MISMATCH',
    'line 1:35: All CASE results must be the same type or coercible to a common type. Cannot find common type between integer and varchar(1), all types (without duplicates): [integer, varchar(1)]',
  ],
  [
    "select coalesce(1, 'a')",
    'TYPE_MISMATCH',
    'line 1:20: All COALESCE operands must be the same type or coercible to a common type. Cannot find common type between integer and varchar(1), all types (without duplicates): [integer, varchar(1)]',
  ],
  [
    "select 1 in ('a')",
    'TYPE_MISMATCH',
    'line 1:14: IN value and list items must be the same type or coercible to a common type. Cannot find common type between integer and varchar(1), all types (without duplicates): [integer, varchar(1)]',
  ],
  ['select *', 'COLUMN_NOT_FOUND', 'line 1:8: SELECT * not allowed in queries without FROM clause'],
  [
    "select 1 like 'a'",
    'TYPE_MISMATCH',
    'line 1:8: Left side of LIKE expression must evaluate to a varchar (actual: integer)',
  ],
  [
    'select not 1',
    'TYPE_MISMATCH',
    'line 1:12: Value of logical NOT expression must evaluate to a boolean (actual: integer)',
  ],
  [
    'select true and 1',
    'TYPE_MISMATCH',
    'line 1:17: Logical expression term must evaluate to a boolean (actual: integer)',
  ],
  [
    "select 1 in (select 'a')",
    'TYPE_MISMATCH',
    'line 1:10: Value expression and result of subquery must be of the same type: row(integer) vs row(varchar(1))',
  ],
  ["select 1 where 'a' <> 1", 'TYPE_MISMATCH', 'line 1:20: Cannot apply operator: varchar(1) = integer'],
  ["select 1 where 'a' >= 1", 'TYPE_MISMATCH', 'line 1:20: Cannot apply operator: varchar(1) <= integer'],
  ["select if(true, 1, 'a')", 'TYPE_MISMATCH', 'line 1:8: Result types for IF must be the same: integer vs varchar(1)'],
  [
    "select array[1, 'a']",
    'TYPE_MISMATCH',
    'line 1:17: All ARRAY elements must be the same type or coercible to a common type. Cannot find common type between integer and varchar(1), all types (without duplicates): [integer, varchar(1)]',
  ],
  ['select 1 having 2', 'TYPE_MISMATCH', 'line 1:17: HAVING clause must evaluate to a boolean: actual type integer'],
  [
    'select 1 from (values 1) as t (a) join (values 1) as u (b) on a',
    'TYPE_MISMATCH',
    'line 1:63: JOIN ON clause must evaluate to a boolean: actual type integer',
  ],
  [
    'select case when 1 then 2 end',
    'TYPE_MISMATCH',
    'line 1:18: CASE WHEN clause must evaluate to a boolean (actual: integer)',
  ],
  [
    'select date_add(1, 2)',
    'FUNCTION_NOT_FOUND',
    'line 1:8: Unexpected parameters (integer, integer) for function date_add',
  ],
  [
    "select 'a' || 1",
    'FUNCTION_NOT_FOUND',
    'line 1:12: Unexpected parameters (varchar(1), integer) for function concat',
  ],
  [
    "select 1 between 2 and date '2024-01-01'",
    'TYPE_MISMATCH',
    'line 1:10: Cannot check if integer is BETWEEN integer and date',
  ],
  ["select -'a'", 'TYPE_MISMATCH', 'line 1:8: Cannot negate varchar(1)'],
  ["select array[1]['a']", 'TYPE_MISMATCH', 'line 1:8: Cannot use varchar(1) for subscript of array(integer)'],
  ["select sum('a')", 'FUNCTION_NOT_FOUND', 'line 1:8: Unexpected parameters (varchar(1)) for function sum'],
];
