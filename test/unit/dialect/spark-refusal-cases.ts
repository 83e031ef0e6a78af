/**
 * What Athena and DuckDB run and Spark does not, over a table `gold.sales`, with the message of the refusal. Each says
 * what to write instead.
 */
export const SPARK_REFUSALS: readonly (readonly [sql: string, message: string])[] = [
  [
    'with recursive t (n) as (select 1 union all select n + 1 from t where n < 3) select n from t',
    'line 1:16: Spark has no recursive common tables: unnest a sequence(…) instead',
  ],
  [
    "select time '10:00:00'",
    'line 1:8: Spark has no type TIME: keep a timestamp, or the seconds of the day as a number',
  ],
  [
    'select cast(at as time) from gold.sales',
    'line 1:8: Spark has no type TIME: keep a timestamp, or the seconds of the day as a number',
  ],
  [
    'select sum(pieces) over (order by day groups 1 preceding) from gold.sales',
    'line 1:46: Spark has no frames of GROUPS: use RANGE, or ROWS over dense_rank()',
  ],
  [
    'select 1 from gold.sales tablesample bernoulli (10)',
    'line 1:26: TABLESAMPLE picks other rows on each engine: filter by the hash of a key instead',
  ],
  [
    'select 1 from gold.sales for version as of 5',
    'line 1:15: A version of a table is chosen by whoever runs the query on Spark: leave FOR … AS OF out',
  ],
  [
    'select word_stem(shop) from gold.sales',
    "line 1:8: Function 'word_stem' has no equal on every engine: Spark has no stems of words; match prefixes with starts_with",
  ],
  [
    'select normalize(shop) from gold.sales',
    "line 1:8: Function 'normalize' has no equal on every engine: Spark does not normalise Unicode; do it where the data enters",
  ],
  [
    'select round(amount, pieces) from gold.sales',
    "line 1:8: Function 'round' has no equal on every engine: the digits must be a literal",
  ],
];

/** Queries of the cases that are refused on Spark, with the message. Everything else must be answered alike. */
export const REFUSED_ON_SPARK: ReadonlyMap<string, string> = new Map([
  [
    'with recursive t (n) as (select 1 union all select n + 1 from t where n < 3) select sum(n) from t',
    'line 1:16: Spark has no recursive common tables: unnest a sequence(…) instead',
  ],
]);
