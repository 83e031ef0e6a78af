/** Takes the place of the clock in a query; see `SPARK_PRELUDE`. */
const VARIABLE = 'tributary.as_of';

/** A text that is no time where the variable is not set. */
export const AS_OF = `try_cast('\${${VARIABLE}}' as timestamp_ntz)`;

/**
 * What every Spark session runs first, so that translated Athena SQL means there what it means in Athena.
 * No parser is imported here.
 *
 * `set tributary.as_of=yyyy-mm-dd` before a query sets what `current_date` and `current_timestamp` mean in it.
 */
export const SPARK_PRELUDE: readonly string[] = [
  'set spark.sql.ansi.enabled=true',
  'set spark.sql.session.timeZone=UTC',
  'set spark.sql.timestampType=TIMESTAMP_NTZ',
  // Sums and products keep their scale, and fail where digits are lost.
  'set spark.sql.decimalOperations.allowPrecisionLoss=false',
  // Of equal keys the last counts, as in map_concat.
  'set spark.sql.mapKeyDedupPolicy=LAST_WIN',
  'set spark.sql.variable.substitute=true',
  'set spark.sql.caseSensitive=false',
];
