import { TributaryError } from '../../common/errors.ts';
import type { PlacedCheck } from '../compile/checks.ts';
import { logicalDateIn, refuseNonDeterminism } from '../compile/determinism.ts';
import { compileError, type Place, placeText } from '../compile/errors.ts';
import type { HeaderPath } from '../compile/header.ts';
import { refuseUnportable } from '../compile/portable.ts';
import { resolve, type TableIndex } from '../compile/resolve.ts';
import type { Origin } from '../compile/scope.ts';
import { parseStatement, type Statement } from '../compile/syntax.ts';
import { translate } from '../compile/translate.ts';
import type { Audit, SqlByEngine } from '../manifest.ts';
import type { Check, Column } from '../model.ts';
import { measureColumn } from './measure-column.ts';
import { RULES } from './registry.ts';
import { type Assertion, isMeasured, type Measurement, ROW_COUNT } from './rule.ts';

/** Failing rows that a result shows at most. */
const SAMPLE_ROWS = 5;

/** What an audit is compiled from. */
export interface AuditSource {
  /** `gold.fact_sale` */
  readonly table: string;
  /** The SELECT of a view, whose rows are nowhere stored; undefined for a table. */
  readonly viewSql: string | undefined;
  readonly columns: readonly Column[];
  readonly checks: readonly PlacedCheck[];
  readonly tables: TableIndex;
  /** Whether a stored column's values may be shown to whoever reads an alert. */
  readonly isHarmless: (origin: Origin) => boolean;
  readonly placeOf: (path: HeaderPath) => Place;
  /** Whether versions may be built in part. */
  readonly isPartial: boolean;
}

export interface CompiledAudit {
  readonly audit: Audit;
  readonly usesLogicalDate: boolean;
}

const ROWS = `${ROW_COUNT} as row_count`;

/** Name under which checks see the rows of a view. */
const VIEW_ROWS = 'audited_view';

/**
 * Compiles all checks of a model into one SELECT over the new version, and for each check that judges rows a SELECT of
 * failing ones.
 * Throws what is wrong with a check's SQL, at the check's line in the header.
 */
export function compileAudit(source: AuditSource): CompiledAudit {
  const audited = auditedRows(source);
  const parts = source.checks.map((placed) => compilePart(source, audited, placed));
  const values = parts.map(({ asked }, index) => valuesOf(asked, index));
  const counting = (some: readonly string[]): SqlByEngine =>
    audited.translate(`select ${some.join(', ')} from ${audited.name}`);
  const ofTable = parts.flatMap(({ asked }, index) => (judgesRows(asked) ? [] : [index]));
  const ofRows = values.filter((_values, index) => !ofTable.includes(index)).flat();
  const read = ofTable.flatMap((index) => values[index] ?? []);
  const tables = new Set(parts.flatMap((part) => part.tables));
  tables.delete(source.table);
  return {
    audit: {
      sql: counting([ROWS, ...values.flat()]),
      checks: source.checks.map(({ check }) => check),
      ofTable,
      partial: source.isPartial
        ? // The count makes it one row, whatever else is asked and however many rows there are.
          { ofRows: counting([ROWS, ...ofRows]), ofTable: read.length === 0 ? null : counting([ROWS, ...read]) }
        : null,
      samples: parts.map(({ sample }) => sample),
      quarantine: compileQuarantine(source, audited, parts),
      tables: [...tables].sort(),
    },
    usesLogicalDate: parts.some((part) => part.usesLogicalDate),
  };
}

/** The rows under check: a table, or a CTE that stands for a view. */
interface AuditedRows {
  readonly name: string;
  /** A SELECT that may name the rows; what is wrong with it is placed by `atCheck`. */
  statement(select: string): Statement;
  translate(select: string): SqlByEngine;
}

function auditedRows({ table, viewSql, tables }: AuditSource): AuditedRows {
  const origin = { file: table, line: 1 };
  // The line break ends a comment in the last line of a view.
  const statement = (select: string): Statement =>
    parseStatement(viewSql === undefined ? select : `with ${VIEW_ROWS} as (${viewSql}\n)\n${select}`, origin);
  return {
    name: viewSql === undefined ? table : VIEW_ROWS,
    statement,
    translate: (select) => translate(statement(select), tables).sql,
  };
}

interface Part {
  readonly check: Check;
  readonly asked: Assertion | Measurement;
  readonly tables: readonly string[];
  readonly sample: SqlByEngine | null;
  readonly usesLogicalDate: boolean;
}

function compilePart(source: AuditSource, audited: AuditedRows, { check, path }: PlacedCheck): Part {
  const place = source.placeOf(path);
  const rule = RULES.get(check.rule);
  if (rule === undefined) throw compileError('unknown_rule', place, `there is no check "${check.rule}"`);
  return atCheck(place, () => {
    const types = new Map(source.columns.map(({ name, type }) => [name, type]));
    const asked = rule.assert({ table: audited.name, types, columns: check.columns }, check.arguments);
    const counting = audited.statement(`select ${[ROWS, ...valuesOf(asked, 0)].join(', ')} from ${audited.name}`);
    refuseNonDeterminism(counting);
    refuseUnportable(counting);
    requireRows(check, asked, source, place);
    const tables = [...resolve(counting, source.tables).tables.keys()];
    const sample = isMeasured(asked) ? null : sampleOf(source, audited, asked);
    return { check, asked, tables, sample, usesLogicalDate: logicalDateIn(counting.query) !== undefined };
  });
}

const judgesRows = (asked: Assertion | Measurement): boolean => !isMeasured(asked) && asked.failingRow !== undefined;

/** What the audit selects for the check of an index; the number of rows it selects anyway. */
function valuesOf(asked: Assertion | Measurement, index: number): readonly string[] {
  if (!isMeasured(asked)) return [`${asked.failures} as c${index}`];
  const measured = Object.entries(asked.measures).filter(([, sql]) => sql !== ROW_COUNT);
  return measured.map(([name, sql]) => `${sql} as ${measureColumn(index, name)}`);
}

/** Rows can be set aside, or some of them tolerated, only where single rows are at fault. */
function requireRows(check: Check, asked: Assertion | Measurement, { viewSql }: AuditSource, place: Place): void {
  const failingRow = isMeasured(asked) ? undefined : asked.failingRow;
  const failingQuery = isMeasured(asked) ? undefined : asked.failingQuery;
  if (check.tolerate !== undefined && (check.action === 'quarantine' || (failingRow ?? failingQuery) === undefined)) {
    const why =
      check.action === 'quarantine' ? 'what fails is set aside' : `${check.rule} finds no single row at fault`;
    throw compileError('header_invalid', place, `${check.id} cannot tolerate some rows: ${why}`, 'Leave tolerate out.');
  }
  if (check.action !== 'quarantine' || (failingRow !== undefined && viewSql === undefined)) return;
  const why = viewSql === undefined ? `${check.rule} finds no single row at fault` : 'a view has no rows of its own';
  throw compileError('header_invalid', place, `${check.id} cannot quarantine: ${why}`, 'Use abort or warn.');
}

function sampleOf(
  source: AuditSource,
  audited: AuditedRows,
  { failingRow, failingQuery }: Assertion,
): SqlByEngine | null {
  if (failingRow !== undefined) {
    const list = source.columns.map((column) => shown(column.name, isShown(column))).join(', ');
    return audited.translate(`select ${list} from ${audited.name} where ${failingRow} limit ${SAMPLE_ROWS}`);
  }
  if (failingQuery === undefined) return null;
  const { columns } = resolve(audited.statement(failingQuery), source.tables);
  const list = columns.map(({ name, origins }) => shown(name, origins.every(source.isHarmless))).join(', ');
  return audited.translate(`select ${list} from (${failingQuery}\n) as failing limit ${SAMPLE_ROWS}`);
}

const shown = (name: string, isClear: boolean): string =>
  isClear ? name : `case when ${name} is null then null else '***' end as ${name}`;

/** Whether a column's values may be shown to whoever reads an alert. */
export const isShown = ({ classification }: Pick<Column, 'classification'>): boolean =>
  classification === 'public' || classification === 'internal';

function compileQuarantine(source: AuditSource, audited: AuditedRows, parts: readonly Part[]): Audit['quarantine'] {
  const conditions = parts
    .filter(({ check }) => check.action === 'quarantine')
    .flatMap(({ asked }) => (isMeasured(asked) ? [] : `coalesce(${asked.failingRow}, false)`));
  if (conditions.length === 0) return null;
  const list = source.columns.map(({ name }) => name).join(', ');
  const failing = conditions.join(' or ');
  const rowsWhere = (condition: string) => audited.translate(`select ${list} from ${audited.name} where ${condition}`);
  return { keep: rowsWhere(`not (${failing})`), setAside: rowsWhere(failing) };
}

function atCheck<T>(place: Place, step: () => T): T {
  try {
    return step();
  } catch (thrown) {
    if (!(thrown instanceof TributaryError)) throw thrown;
    const { code, message, advice } = thrown;
    throw new TributaryError({ code, message, where: placeText(place), ...(advice === undefined ? {} : { advice }) });
  }
}
