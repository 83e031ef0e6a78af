import { TributaryError } from '../../common/errors.ts';
import type { EngineAdapter, InputTable, ResultRow } from '../adapters/adapter.ts';
import { type CheckHistory, measuredBefore } from '../checks/history.ts';
import { measureColumn } from '../checks/measure-column.ts';
import { RULES } from '../checks/registry.ts';
import { isMeasured, type Measurement, type Measures, ROW_COUNT, type Verdict } from '../checks/rule.ts';
import { scoreOf } from '../checks/score.ts';
import type { CompiledModel } from '../manifest.ts';
import type { Check } from '../model.ts';
import type { CheckResult } from '../run.ts';

type Audited = Pick<CompiledModel, 'name' | 'columns' | 'audit'>;

export interface AuditResult {
  /** Rows of the audited version. */
  readonly rows: number;
  readonly checks: readonly CheckResult[];
}

/** What checks of a table as a whole are judged by. */
export interface AuditStandard {
  /** What earlier versions measured. */
  readonly history: CheckHistory;
  /** Rows that the environment expects of tables at least, by name. */
  readonly rowMinima: Readonly<Record<string, number>>;
}

const NO_STANDARD: AuditStandard = { history: [], rowMinima: {} };

/** What an audit reads: the version under the model's own name, and the tables that checks read beside it. */
export interface AuditTables {
  /** The new rows, which may be the whole version. */
  readonly rebuilt: readonly InputTable[];
  /** All rows, where the new ones are only a part. */
  readonly whole?: readonly InputTable[] | undefined;
  /** Rows of the version that are not new. */
  readonly keptRows?: number;
}

/**
 * Runs all checks of a model in one query or, of a version that was built in part, in one over the new rows and at most
 * one over all. Rows that stayed were judged when they were built.
 */
export async function runAudit(
  adapter: EngineAdapter,
  model: Audited,
  tables: AuditTables,
  asOf: string,
  standard: AuditStandard = NO_STANDARD,
): Promise<AuditResult> {
  const { audit } = model;
  const counts = await countsOf(adapter, audit, tables, asOf);
  const rebuiltRows = numberIn(counts, 'row_count');
  const rows = rebuiltRows + (tables.keptRows ?? 0);
  const checks = await Promise.all(
    audit.checks.map(async (check, index): Promise<CheckResult> => {
      const measurement = measurementOf(model, check);
      if (measurement !== undefined) {
        const measures = measuresIn(counts, index, measurement, rows);
        return judged(model, check, measurement, { measures, rows, asOf, standard });
      }
      const failures = numberIn(counts, `c${index}`);
      const isOfTable = audit.ofTable.includes(index);
      const judgedRows = isOfTable ? rows : rebuiltRows;
      const inputs = isOfTable ? (tables.whole ?? tables.rebuilt) : tables.rebuilt;
      const sampleSql = audit.samples[index]?.[adapter.engine];
      const sample = failures > 0 && sampleSql !== undefined ? adapter.query({ sql: sampleSql, inputs, asOf }) : [];
      return {
        ...identity(check),
        passed: failures <= (check.tolerate ?? 0) * judgedRows,
        failures,
        rows: judgedRows,
        score: scoreOf(failures, judgedRows, sampleSql !== undefined),
        detail: check.tolerate === undefined ? null : tolerated(failures, judgedRows, check.tolerate),
        measures: {},
        sample: await sample,
      };
    }),
  );
  return { rows, checks };
}

const tolerated = (failures: number, rows: number, share: number): string =>
  `${failures} of ${rows} rows fail; ${Number((share * 100).toPrecision(4))} % may`;

async function countsOf(
  adapter: EngineAdapter,
  audit: Audited['audit'],
  { rebuilt, whole }: AuditTables,
  asOf: string,
): Promise<ResultRow> {
  const only = async (sql: string, inputs: readonly InputTable[]): Promise<ResultRow> =>
    (await adapter.query({ sql, inputs, asOf }))[0] ?? {};
  if (whole === undefined || audit.partial === null) return only(audit.sql[adapter.engine], rebuilt);
  const { ofRows, ofTable } = audit.partial;
  return {
    ...(ofTable === null ? {} : await only(ofTable[adapter.engine], whole)),
    ...(await only(ofRows[adapter.engine], rebuilt)),
  };
}

/**
 * The checks of an unchanged table that time alone can fail, judged anew by what was measured last: a table may grow
 * stale without being built.
 */
export function rejudge(model: Audited, history: CheckHistory, asOf: string): readonly CheckResult[] {
  return model.audit.checks.flatMap((check) => {
    const measurement = measurementOf(model, check);
    const measures = history.findLast(({ checks }) => checks[check.id] !== undefined)?.checks[check.id];
    if (check.dimension !== 'timeliness' || measurement === undefined || measures === undefined) return [];
    return judged(model, check, measurement, { measures, rows: 0, asOf, standard: { ...NO_STANDARD, history } });
  });
}

interface Found {
  readonly measures: Measures;
  readonly rows: number;
  readonly asOf: string;
  readonly standard: AuditStandard;
}

function judged({ name }: Audited, check: Check, measurement: Measurement, found: Found): CheckResult {
  const { measures, rows, asOf, standard } = found;
  const { passed, detail }: Verdict = measurement.judge(measures, {
    asOf,
    earlier: measuredBefore(standard.history, asOf, check.id),
    leastRows: standard.rowMinima[name] ?? 0,
  });
  const failures = passed ? 0 : 1;
  const score = scoreOf(failures, rows, false);
  return { ...identity(check), passed, failures, rows, score, detail, measures, sample: [] };
}

const identity = ({ id, rule, dimension, action }: Check) => ({ check: id, rule, dimension, action });

function measurementOf({ name, columns }: Audited, check: Check): Measurement | undefined {
  const types = new Map(columns.map((column) => [column.name, column.type]));
  const asked = RULES.get(check.rule)?.assert({ table: name, types, columns: check.columns }, check.arguments);
  return asked !== undefined && isMeasured(asked) ? asked : undefined;
}

const measuresIn = (row: ResultRow, index: number, { measures }: Measurement, rows: number): Measures =>
  Object.fromEntries(
    Object.entries(measures).map(([name, sql]) => [
      name,
      sql === ROW_COUNT ? rows : measureIn(row[measureColumn(index, name)]),
    ]),
  );

function measureIn(value: unknown): number | null {
  const number = value === null || value === undefined ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : null;
}

function numberIn(row: ResultRow, column: string): number {
  const value = Number(row[column]);
  if (Number.isFinite(value)) return value;
  throw new TributaryError({ code: 'audit_failed', message: `the audit gave no count for ${column}` });
}
