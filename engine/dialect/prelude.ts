/**
 * What every DuckDB connection runs first, so that translated Athena SQL means there what it means in Athena.
 * No parser is imported here: this file is bundled into Lambdas.
 */
export const DUCKDB_PRELUDE: readonly string[] = [
  "set TimeZone = 'UTC'",
  "set default_null_order = 'nulls_last'",
  'set integer_division = true',
];
