/** Builds of each table whose scores the trend shows. */
const TREND_BUILDS = 10;

/**
 * The checks of each table's last build that was checked. A run that leaves a table as it is only looks at its freshness
 * again: of those checks the last result counts.
 */
export const latestChecks = (table: string | undefined): string => `
with results as (
  select checks.*, builds.status <> 'skipped' as is_of_build
  from operations.checks
  join operations.builds on builds.run_id = checks.run_id and builds.model = checks.model
  ${condition('checks.model', table)}
),
last_builds as (
  select model, max(run_id) as run_id from results where is_of_build group by model
),
ranked as (
  select results.*, row_number() over (partition by results.model, check_id order by results.run_id desc) as recency
  from results
  join last_builds on last_builds.model = results.model and results.run_id >= last_builds.run_id
)
select
  model, run_id, is_of_build, check_id, rule, dimension, action, passed, failures, row_count, score, detail, sample
from ranked
where recency = 1
order by model, check_id`;

/** Scores of each table's last builds, oldest first. */
export const recentScores = (table: string | undefined): string => `
with ranked as (
  select model, run_id, score, row_number() over (partition by model order by run_id desc) as recency
  from operations.builds
  ${condition('model', table, 'score is not null')}
)
select model, run_id, score from ranked where recency <= ${TREND_BUILDS} order by model, run_id`;

/** A WHERE for one table, by its full name or its last part. */
function condition(column: string, table: string | undefined, ...others: readonly string[]): string {
  const name = table?.replaceAll("'", "''");
  const ofTable = name === undefined ? [] : [`(${column} = '${name}' or ${column} like '%.${name}')`];
  const all = [...ofTable, ...others];
  return all.length === 0 ? '' : `where ${all.join(' and ')}`;
}
