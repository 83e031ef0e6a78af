import { TributaryError } from '../../common/errors.ts';
import type { PlacedCheck } from '../compile/checks.ts';
import { refuseNonDeterminism, usesLogicalDate } from '../compile/determinism.ts';
import { compileError, type Place, placeText } from '../compile/errors.ts';
import type { HeaderPath } from '../compile/header.ts';
import { resolve, type TableIndex } from '../compile/resolve.ts';
import type { Origin, ScopeColumn } from '../compile/scope.ts';
import { parseStatement, type Statement } from '../compile/syntax.ts';
import { translate } from '../compile/translate.ts';
import type { Audit } from '../manifest.ts';
import type { Column } from '../model.ts';
import { RULES } from './registry.ts';
import type { Assertion } from './rule.ts';

/** Failing rows that a result shows at most. */
const SAMPLE_ROWS = 5;

/** What an audit is compiled from. */
export interface AuditSource {
  /** `gold.fact_sale` */
  readonly table: string;
  readonly columns: readonly Column[];
  readonly checks: readonly PlacedCheck[];
  readonly tables: TableIndex;
  /** Whether a stored column's values may be shown to whoever reads an alert. */
  readonly isHarmless: (origin: Origin) => boolean;
  readonly placeOf: (path: HeaderPath) => Place;
}

export interface CompiledAudit {
  readonly audit: Audit;
  /** Tables other than the model's own that the checks read, sorted. */
  readonly references: readonly string[];
  readonly usesLogicalDate: boolean;
}

/**
 * Compiles all checks of a model into one SELECT over the new version, and for each check a SELECT of failing rows.
 * Throws what is wrong with a check's SQL, at the check's line in the header.
 */
export function compileAudit(source: AuditSource): CompiledAudit {
  const types = new Map(source.columns.map(({ name, type }) => [name, type]));
  const parts = source.checks.map(({ check, path }) => {
    const place = source.placeOf(path);
    const assertion = RULES.get(check.rule)?.assert(
      { table: source.table, types, columns: check.columns },
      check.arguments,
    );
    if (assertion === undefined) throw compileError('unknown_rule', place, `there is no check "${check.rule}"`);
    return atCheck(place, () => compilePart(source, assertion));
  });
  const counts = parts.map(({ failures }, index) => `${failures} as c${index}`);
  const whole = statementAt(`select ${['count(*) as row_count', ...counts].join(', ')} from ${source.table}`);
  return {
    audit: {
      sql: translate(whole),
      checks: source.checks.map(({ check }) => check),
      samples: parts.map(({ sample }) => (sample === undefined ? null : translate(sample))),
    },
    references: [...new Set(parts.flatMap(({ tables }) => tables))].filter((table) => table !== source.table).sort(),
    usesLogicalDate: usesLogicalDate(whole),
  };
}

interface Part {
  readonly failures: string;
  readonly tables: readonly string[];
  readonly sample: Statement | undefined;
}

function compilePart(source: AuditSource, assertion: Assertion): Part {
  const counting = statementAt(`select ${assertion.failures} as failures from ${source.table}`);
  refuseNonDeterminism(counting);
  const tables = [...resolve(counting, source.tables).tables.keys()];
  return { failures: assertion.failures, tables, sample: sampleOf(source, assertion) };
}

function sampleOf(source: AuditSource, { failingRow, failingQuery }: Assertion): Statement | undefined {
  if (failingRow !== undefined) {
    const list = source.columns.map((column) => shown(column.name, isShown(column))).join(', ');
    return statementAt(`select ${list} from ${source.table} where ${failingRow} limit ${SAMPLE_ROWS}`);
  }
  if (failingQuery === undefined) return undefined;
  const { columns } = resolve(statementAt(failingQuery), source.tables);
  const list = columns.map((column) => shown(column.name, harmless(column, source))).join(', ');
  return statementAt(`select ${list} from (${failingQuery}) as failing limit ${SAMPLE_ROWS}`);
}

const shown = (name: string, isClear: boolean): string =>
  isClear ? name : `case when ${name} is null then null else '***' end as ${name}`;

/** Whether a column's values may be shown to whoever reads an alert. */
export const isShown = ({ classification }: Pick<Column, 'classification'>): boolean =>
  classification === 'public' || classification === 'internal';

const harmless = ({ origins }: ScopeColumn, { isHarmless }: AuditSource): boolean => origins.every(isHarmless);

/** A statement that the header does not hold as it stands; its errors are placed by `atCheck`. */
const statementAt = (sql: string): Statement => parseStatement(sql, { file: 'check', line: 1 });

function atCheck<T>(place: Place, step: () => T): T {
  try {
    return step();
  } catch (thrown) {
    if (!(thrown instanceof TributaryError)) throw thrown;
    const { code, message, advice } = thrown;
    throw new TributaryError({ code, message, where: placeText(place), ...(advice === undefined ? {} : { advice }) });
  }
}
