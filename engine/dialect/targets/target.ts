import type { ArithmeticOperator, ComparisonOperator, IntervalUnit, SortItem } from '../ast.ts';
import type { Context } from '../translate/context.ts';
import type { Operand } from '../translate/scope.ts';
import type { DecimalType, SqlType } from '../types.ts';

export type TargetName = 'duckdb' | 'spark';

/** What a target has no equal for; the words say what to write instead. */
export interface Refusal {
  readonly refused: string;
}

/** One text for every target, or one for each. */
export type Spelling = string | { readonly duckdb: string | Refusal; readonly spark: string | Refusal };

/** An aggregate or window function with what its call says about it, all of it translated. */
export interface AggregateCall {
  readonly name: string;
  readonly args: readonly string[];
  readonly distinct: boolean;
  readonly orderBy: readonly (SortItem & { readonly sql: string })[];
  readonly filter: string | undefined;
  readonly ignoreNulls: boolean;
  /** What stands after OVER. */
  readonly over: string | undefined;
}

/** A number and the power of ten that makes it whole. */
export type Scaled = Operand & { readonly power: number };

/** What SQL has and an engine may have no equal for. */
export type Construct = 'time' | 'recursion' | 'groups' | 'sample' | 'time_travel';

/** `(a, b) in (query)`, whose columns are as many as the values. */
export interface Membership {
  readonly values: readonly string[];
  readonly query: string;
  readonly negated: boolean;
  /** Whether null counts as false. */
  readonly filtering: boolean;
}

/** A comparison with every row, or any row, of a query of one column. */
export interface Quantified {
  readonly value: string;
  readonly operator: ComparisonOperator;
  readonly quantifier: 'any' | 'all';
  readonly query: string;
}

/** A relation that gives a row per element of arrays and maps. */
export interface Unnested {
  readonly values: readonly Operand[];
  readonly columns: readonly SqlType[];
  readonly ordinality: boolean;
}

/**
 * How an engine spells what Trino's types have decided. The walk over the syntax tree resolves names, types every
 * expression and chooses the operation; a target only writes it.
 */
export interface Target {
  readonly name: TargetName;
  /** What it refuses, each with a sentence that names an alternative. */
  readonly lacks: Readonly<Partial<Record<Construct, string>>>;
  /** Whether windows are named in a WINDOW clause, rather than written out at each use. */
  readonly namesWindows: boolean;

  quoted(name: string): string;
  text(value: string): string;
  /** A type as in a cast. */
  type(type: SqlType): string;
  /** A table by database and name, each in lower case. */
  table(parts: readonly string[]): string;

  /** A count of units as an interval. */
  interval(count: number, unit: IntervalUnit | 'millisecond'): string;
  /** A local time, or, with a zone, the instant at which a clock there shows it. */
  timestamp(local: string, zone: string | undefined): string;
  /** What `current_date` and `current_timestamp` mean: the logical time of a run stands for the clock. */
  readonly today: string;
  readonly now: string;
  /** The wall-clock time in a zone of an instant, and the instant of a wall-clock time. */
  localTime(instant: string, zone: string): string;
  instant(localTime: string, zone: string): string;

  array(elements: readonly string[]): string;
  row(values: readonly string[]): string;
  /** A field by position, counted from 0; rows without names have them by position only. */
  field(row: string, name: string | undefined, index: number): string;
  /** An element that must be there, or, where `safe`, null where it is not. */
  element(array: string, index: string, safe: boolean, context: Context): string;
  entry(map: string, key: string, safe: boolean, context: Context): string;
  lambda(parameters: readonly string[], body: string): string;

  /** The value as another type, as CAST or, where `safe`, TRY_CAST converts it. */
  convert(operand: Operand, type: SqlType, safe: boolean, context: Context): Operand;
  /** The value as a type to which Trino converts it by itself. */
  coerced(operand: Operand, type: SqlType): string;
  /** The value as Trino writes it in text. */
  asText(operand: Operand, context: Context): string;

  /** `value like pattern`; without an escape no character has another meaning. */
  like(value: string, pattern: string, escapedBy: string | undefined, negated: boolean): string;
  negative(sql: string): string;
  floating(operator: ArithmeticOperator, left: string, right: string, context: Context): string;
  integers(operator: ArithmeticOperator, left: Operand, right: Operand, type: SqlType, context: Context): string;
  /** Everything but division. */
  decimals(operator: ArithmeticOperator, left: Operand, right: Operand, type: DecimalType, context: Context): string;
  /** The exact quotient, rounded half up; powers of ten make whole numbers of both sides at the result's scale. */
  quotient(dividend: Scaled, divisor: Scaled, type: DecimalType, context: Context): string;
  /** A divisor that fails when it is zero, or, within TRY, is null. */
  divisor(sql: string, context: Context): string;
  /** A date or timestamp and an interval. */
  shifted(operator: ArithmeticOperator, left: Operand, right: Operand): string;
  daysBetween(left: string, right: string): string;

  aggregate(call: AggregateCall, context: Context): string;
  grouping(args: readonly string[]): string;
  unnest(unnested: Unnested, context: Context): string;
  values(rows: readonly (readonly Operand[])[], types: readonly SqlType[]): string;
  sample(relation: string, method: string, percent: string): string;

  exists(query: string): string;
  isIn(membership: Membership, context: Context): string;
  /** `value >= all (query)`. */
  quantified(comparison: Quantified, context: Context): string;
  /** The one value of a subquery; `rows` tells whether it may have more than one row and depends on the outer query. */
  scalar(query: string, isManyOf: boolean, context: Context): string;

  /** A text that needs its values more than once. */
  bound(values: readonly string[], context: Context, write: (names: readonly string[]) => string): string;
}
