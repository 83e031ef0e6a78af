import { TributaryError } from '../../common/errors.ts';
import type { EngineAdapter, InputTable, ResultRow } from '../adapters/adapter.ts';
import { scoreOf } from '../checks/score.ts';
import type { Audit, CompiledModel } from '../manifest.ts';
import type { CheckResult } from '../run.ts';

export interface AuditResult {
  /** Rows of the audited version. */
  readonly rows: number;
  readonly checks: readonly CheckResult[];
}

/** The new version as its checks see it: each list has the model's own table and the others that the checks read. */
export interface AuditedTables {
  /** With the rows that were built. */
  readonly rebuilt: readonly InputTable[];
  /** With all rows of the version, where only a part was built. */
  readonly whole?: readonly InputTable[] | undefined;
}

/**
 * Runs all checks of a model. Of a version that was built in part, checks of single rows see the rows that were built,
 * as the others passed before; checks of the table see all of it.
 */
export async function runAudit(
  adapter: EngineAdapter,
  { audit }: Pick<CompiledModel, 'audit'>,
  tables: AuditedTables,
  asOf: string,
): Promise<AuditResult> {
  const counts = await countFailures(adapter, audit, tables, asOf);
  const rows = numberIn(counts, 'row_count');
  const checks = await Promise.all(
    audit.checks.map(async (check, index): Promise<CheckResult> => {
      const failures = numberIn(counts, `c${index}`);
      const sampleSql = audit.samples[index]?.[adapter.engine];
      const wantsSample = failures > 0 && sampleSql !== undefined;
      const inputs = audit.ofTable.includes(index) ? (tables.whole ?? tables.rebuilt) : tables.rebuilt;
      return {
        check: check.id,
        rule: check.rule,
        dimension: check.dimension,
        action: check.action,
        passed: failures === 0,
        failures,
        rows,
        score: scoreOf(failures, rows, sampleSql !== undefined),
        sample: wantsSample ? await adapter.query({ sql: sampleSql, inputs, asOf }) : [],
      };
    }),
  );
  return { rows, checks };
}

/** Failures by check, as `c0`, `c1` …, and the number of rows that were built. */
async function countFailures(
  adapter: EngineAdapter,
  audit: Audit,
  { rebuilt, whole }: AuditedTables,
  asOf: string,
): Promise<ResultRow> {
  const first = async (sql: string, inputs: readonly InputTable[]): Promise<ResultRow> =>
    (await adapter.query({ sql, inputs, asOf }))[0] ?? {};
  if (whole === undefined || audit.partial === null) return first(audit.sql[adapter.engine], rebuilt);
  const ofRows = await first(audit.partial.ofRows[adapter.engine], rebuilt);
  const ofTable = audit.partial.ofTable && (await first(audit.partial.ofTable[adapter.engine], whole));
  return { ...ofTable, ...ofRows };
}

function numberIn(row: ResultRow, column: string): number {
  const value = Number(row[column]);
  if (Number.isFinite(value)) return value;
  throw new TributaryError({ code: 'audit_failed', message: `the audit gave no count for ${column}` });
}
