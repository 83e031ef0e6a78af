import { TributaryError } from '../../common/errors.ts';
import type { Dimension } from '../../engine/model.ts';
import { type QueryOptions, queryRows, type Value } from '../query/athena.ts';

export interface FailedCheck {
  readonly check: string;
  readonly dimension: string;
  readonly action: string;
  readonly failures: number;
  readonly rows: number;
}

/** The checks of a table's last build, in sum. Scores are means over checks, 0–100. */
export interface TableQuality {
  readonly table: string;
  readonly runId: string;
  readonly score: number;
  readonly dimensions: Readonly<Partial<Record<Dimension, number>>>;
  readonly checks: number;
  readonly failed: readonly FailedCheck[];
}

/** The quality of each table, or of one, as of the last run that built it. Throws `no_checks` when there is none. */
export async function tableQuality(table: string | undefined, options: QueryOptions): Promise<TableQuality[]> {
  const rows = await queryRows(latestChecks(table), options);
  if (rows.length === 0) {
    throw new TributaryError({
      code: 'no_checks',
      message: table === undefined ? 'no table has been built yet' : `no build of ${table} has been checked yet`,
      advice: 'npx tributary run; `npx tributary quality` lists all tables',
    });
  }
  return [...Map.groupBy(rows, ({ model }) => String(model))].map(([name, checks]) => summary(name, checks));
}

type CheckRow = Readonly<Record<string, Value>>;

/** A run that skips a table records no checks for it: the last build counts. */
function latestChecks(table: string | undefined): string {
  const name = table?.replaceAll("'", "''");
  const condition = name === undefined ? '' : `where model = '${name}' or model like '%.${name}'`;
  return `
with checks as (
  select *, max(run_id) over (partition by model) as last_run_id from operations.checks ${condition}
)
select model, run_id, check_id, dimension, action, passed, failures, row_count, score
from checks
where run_id = last_run_id
order by model, check_id`;
}

function summary(table: string, checks: readonly CheckRow[]): TableQuality {
  const byDimension = Map.groupBy(checks, ({ dimension }) => String(dimension));
  return {
    table,
    runId: String(checks[0]?.run_id),
    score: mean(checks),
    dimensions: Object.fromEntries([...byDimension].sort().map(([dimension, some]) => [dimension, mean(some)])),
    checks: checks.length,
    failed: checks.filter(({ passed }) => passed === false).map(failedCheck),
  };
}

const mean = (checks: readonly CheckRow[]): number =>
  checks.reduce((total, { score }) => total + Number(score), 0) / checks.length;

const failedCheck = ({ check_id, dimension, action, failures, row_count }: CheckRow): FailedCheck => ({
  check: String(check_id),
  dimension: String(dimension),
  action: String(action),
  failures: Number(failures),
  rows: Number(row_count),
});
