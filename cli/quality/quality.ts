import { TributaryError } from '../../common/errors.ts';
import { RULES } from '../../engine/checks/registry.ts';
import { averageScore, dimensionScores } from '../../engine/checks/score.ts';
import type { Dimension } from '../../engine/model.ts';
import { type QueryOptions, queryRows, type Value } from '../query/athena.ts';
import { latestChecks, recentScores } from './sql.ts';

export interface FailedCheck {
  readonly check: string;
  readonly dimension: string;
  readonly action: string;
  readonly failures: number;
  readonly rows: number;
  /** What was found and what it was held against; null where the failures say it. */
  readonly detail: string | null;
  /** Some failing rows, classified values masked. */
  readonly sample: readonly unknown[];
  /** What to do about it. */
  readonly remedy: string;
}

type Dimensions = Readonly<Partial<Record<Dimension, number>>>;

/** The checks of a table's last build, in sum. Scores are means over checks, 0–100. */
export interface TableQuality {
  readonly table: string;
  /** Run that built, or tried to build, the version that was checked. */
  readonly runId: string;
  readonly score: number;
  /** Scores of the last builds, oldest first. */
  readonly trend: readonly number[];
  readonly rows: number;
  readonly dimensions: Dimensions;
  readonly checks: number;
  readonly failed: readonly FailedCheck[];
}

/** The quality of some tables: the score is the mean of theirs, that of a dimension the mean over its checks. */
export interface QualityReport {
  readonly overallScore: number;
  readonly totalRecords: number;
  readonly dimensions: Dimensions;
  readonly recommendations: readonly string[];
  readonly tables: readonly TableQuality[];
}

/** The quality of all tables, or of one, as of the last run that built each. Throws `no_checks` when there is none. */
export async function qualityReport(table: string | undefined, options: QueryOptions): Promise<QualityReport> {
  const rows = (await queryRows(latestChecks(table), options)).map(checkOf);
  if (rows.length === 0) {
    throw new TributaryError({
      code: 'no_checks',
      message: table === undefined ? 'no table has been built yet' : `no build of ${table} has been checked yet`,
      advice: 'npx tributary run; `npx tributary quality` lists all tables',
    });
  }
  const scores = Map.groupBy(await queryRows(recentScores(table), options), ({ model }) => String(model));
  const tables = [...Map.groupBy(rows, ({ model }) => model)].map(([name, checks]) =>
    summary(
      name,
      checks,
      (scores.get(name) ?? []).map(({ score }) => Number(score)),
    ),
  );
  return {
    overallScore: averageScore(tables),
    totalRecords: tables.reduce((sum, { rows: count }) => sum + count, 0),
    dimensions: dimensionScores(rows),
    recommendations: tables.flatMap(({ table: name, failed }) =>
      failed.map(({ check, remedy }) => `${name}, ${check}: ${remedy}`),
    ),
    tables,
  };
}

interface CheckRow extends FailedCheck {
  readonly model: string;
  readonly runId: string;
  readonly isOfBuild: boolean;
  readonly dimension: Dimension;
  readonly passed: boolean;
  readonly score: number;
}

const checkOf = (row: Readonly<Record<string, Value>>): CheckRow => ({
  model: String(row.model),
  runId: String(row.run_id),
  isOfBuild: row.is_of_build === true,
  check: String(row.check_id),
  dimension: String(row.dimension) as Dimension,
  action: String(row.action),
  passed: row.passed === true,
  failures: Number(row.failures),
  rows: Number(row.row_count),
  score: Number(row.score),
  detail: row.detail === null || row.detail === undefined ? null : String(row.detail),
  sample: sampleOf(row.sample),
  remedy: RULES.get(String(row.rule))?.remedy ?? '',
});

function sampleOf(text: Value | undefined): readonly unknown[] {
  const rows: unknown = typeof text === 'string' && text !== '' ? JSON.parse(text) : [];
  return Array.isArray(rows) ? rows : [];
}

function summary(table: string, checks: readonly CheckRow[], trend: readonly number[]): TableQuality {
  const ofBuild = checks.filter(({ isOfBuild }) => isOfBuild);
  return {
    table,
    runId: ofBuild[0]?.runId ?? '',
    score: averageScore(checks),
    trend,
    rows: ofBuild.reduce((most, { rows }) => Math.max(most, rows), 0),
    dimensions: dimensionScores(checks),
    checks: checks.length,
    failed: checks.filter(({ passed }) => !passed).map(failedCheck),
  };
}

const failedCheck = ({ check, dimension, action, failures, rows, detail, sample, remedy }: CheckRow): FailedCheck => ({
  check,
  dimension,
  action,
  failures,
  rows,
  detail,
  sample,
  remedy,
});
