import { TributaryError } from '../../common/errors.ts';
import type { EngineAdapter, InputTable, ResultRow } from '../adapters/adapter.ts';
import { scoreOf } from '../checks/score.ts';
import type { CompiledModel } from '../manifest.ts';
import type { CheckResult } from '../run.ts';

export interface AuditResult {
  /** Rows of the audited version. */
  readonly rows: number;
  readonly checks: readonly CheckResult[];
}

/** Runs all checks of a model in one query over `inputs`, which hold the new version under the model's own name. */
export async function runAudit(
  adapter: EngineAdapter,
  { audit }: Pick<CompiledModel, 'audit'>,
  inputs: readonly InputTable[],
  asOf: string,
): Promise<AuditResult> {
  const [counts = {}] = await adapter.query({ sql: audit.sql[adapter.engine], inputs, asOf });
  const rows = numberIn(counts, 'row_count');
  const checks = await Promise.all(
    audit.checks.map(async (check, index): Promise<CheckResult> => {
      const failures = numberIn(counts, `c${index}`);
      const sampleSql = audit.samples[index]?.[adapter.engine];
      const wantsSample = failures > 0 && sampleSql !== undefined;
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

function numberIn(row: ResultRow, column: string): number {
  const value = Number(row[column]);
  if (Number.isFinite(value)) return value;
  throw new TributaryError({ code: 'audit_failed', message: `the audit gave no count for ${column}` });
}
