import type { z } from 'zod';
import type { Dimension } from '../model.ts';
import { parseType, type SqlType } from '../sql-type.ts';

/** The version under check, as a rule's SQL sees it. */
export interface Target {
  /** `gold.fact_sale`; its rows are those of the new version. */
  readonly table: string;
  /** Types by column, to write literals of the right type. */
  readonly types: ReadonlyMap<string, string>;
  /** Columns the check is about, in the header's order. */
  readonly columns: readonly string[];
}

/** What a rule that counts asks of the new version, in Athena's dialect. */
export interface Assertion {
  /**
   * Counts failures as one value of a SELECT over the table: an aggregate, or a scalar subquery where other rows or
   * tables are needed. Zero means passed.
   */
  readonly failures: string;
  /** True for rows that fail, as a condition over the table; absent where no single row is at fault. */
  readonly failingRow?: string;
  /** A SELECT of failing rows of its own shape, where they are not rows of the table. */
  readonly failingQuery?: string;
}

/** Values that a check measured on one version, by name. */
export type Measures = Readonly<Record<string, number | null>>;

/** What a measured version is judged by, beside its own values. */
export interface Standard {
  /** Logical date of the run, `yyyy-mm-dd`. */
  readonly asOf: string;
  /** The same measures of versions of earlier logical dates, oldest first. */
  readonly earlier: readonly Measures[];
  /** Rows that the environment expects of the table at least; 0 where it says nothing. */
  readonly leastRows: number;
}

export interface Verdict {
  readonly passed: boolean;
  /** What was found and what it was held against, in a sentence. */
  readonly detail: string;
}

/** What a rule that judges the table as a whole wants to know of the new version, and how it judges. */
export interface Measurement {
  /** Numeric aggregates of a SELECT over the table, in Athena's dialect, by name. */
  readonly measures: Readonly<Record<string, string>>;
  judge(measured: Measures, standard: Standard): Verdict;
}

/** One kind of check. Its file is named after it and holds nothing else. */
export interface Rule<Arguments = unknown> {
  /** Name in model headers. */
  readonly name: string;
  /** Where in a header it may stand: below a column, or in the table's own list, naming its columns itself. */
  readonly scopes: readonly ('column' | 'table')[];
  readonly dimension: Dimension;
  readonly description: string;
  /** What to do where the check fails. */
  readonly remedy: string;
  readonly schema: z.ZodType<Arguments>;
  /** Kinds of type that its columns may have; all where it is absent. */
  readonly kinds?: readonly SqlType['kind'][];
  /** Whether what it measures on published versions is kept, for later versions or dates. */
  readonly isRemembered?: true;
  /** Columns of the table that the arguments name. */
  columns?(args: Arguments): readonly string[];
  /** Columns of other tables that it reads. */
  references?(args: Arguments): readonly { readonly table: string; readonly column: string }[];
  /** What tells two checks of this rule apart where the columns do not. */
  label?(args: Arguments, columns: readonly string[]): string;
  /** What is wrong with arguments that only the columns' types can tell; undefined where nothing is. */
  refuse?(target: Target, args: Arguments): string | undefined;
  assert(target: Target, args: Arguments): Assertion | Measurement;
}

/** The measure that an audit has without reading anything for it. */
export const ROW_COUNT = 'count(*)';

export const NUMERIC: readonly SqlType['kind'][] = ['integer', 'bigint', 'real', 'double', 'decimal'];
export const TEMPORAL: readonly SqlType['kind'][] = ['date', 'timestamp'];

/** Lets the schema say the type of the arguments. */
export const defineRule = <Arguments>(rule: Rule<Arguments>): Rule<Arguments> => Object.freeze(rule);

export const isMeasured = (asked: Assertion | Measurement): asked is Measurement => 'measures' in asked;

/** The assertion of a rule that judges each row by itself. */
export const eachRow = (failingRow: string): Assertion => ({
  failures: `count(*) filter (where ${failingRow})`,
  failingRow,
});

/** The assertion of a rule that judges each row by looking at other rows or tables. */
export const eachRowOf = (table: string, failingRow: string): Assertion => ({
  failures: `(select count(*) from ${table} where ${failingRow})`,
  failingRow,
});

/** The assertion of a rule that the whole version passes or fails; `holds` must not be null. */
export const wholeTable = (holds: string): Assertion => ({ failures: `case when ${holds} then 0 else 1 end` });

/** The column of a rule that is about one. */
export const theColumn = ({ columns }: Target): string => columns[0] ?? '';

/** The kind of type of the column of a rule that is about one. */
export const theKind = (target: Target): SqlType['kind'] =>
  parseType(target.types.get(theColumn(target)) ?? 'varchar').kind;
