/**
 * A Trino expression with its value as Athena shows it, `null` for NULL, and its type; on DuckDB, Trino and Spark alike.
 */
export type Case = readonly [expression: string, value: string | null, type?: string];
