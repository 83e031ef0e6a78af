import type { TableRelation, Window } from '../ast.ts';
import { placeOf, SqlError, type SqlErrorName } from '../errors.ts';
import type { Construct, Target } from '../targets/target.ts';
import type { SqlType } from '../types.ts';
import type { Operand } from './scope.ts';

export interface NamedType {
  readonly name: string;
  readonly type: SqlType;
}

/** What the engine reads for a table. */
export interface TableSource {
  /** A table name or a parenthesised SELECT. */
  readonly sql: string;
  /** Absent where they are not known: any column is then believed, and has no type. */
  readonly columns?: readonly NamedType[];
  /** Further columns that only their names give, such as `"$path"`. */
  readonly hidden?: readonly NamedType[];
}

/** Gives the source of a table, or throws an `SqlError` that says why there is none. */
export type TableResolver = (reference: TableRelation, fail: Fail) => TableSource;

export type Fail = (name: SqlErrorName, detail: string, at: number) => SqlError;

/** A query's result: its text and columns. */
export interface TranslatedQuery {
  readonly sql: string;
  readonly columns: readonly NamedType[];
  /** Whether there may be columns that are not listed. */
  readonly open: boolean;
}

/** A common table in sight, under its name in the translation. */
export interface VisibleCommonTable {
  readonly alias: string;
  readonly columns: readonly NamedType[];
  readonly open: boolean;
}

/** What a translation carries with it from node to node. */
export interface Context {
  /** The statement's text, for places in messages. */
  readonly text: string;
  /** The engine whose SQL is written. */
  readonly target: Target;
  readonly resolve: TableResolver;
  /** Values of `?` as literals. */
  readonly parameters: readonly Operand[];
  readonly commonTables: ReadonlyMap<string, VisibleCommonTable>;
  /** Windows named in the WINDOW clause of the query in hand. */
  readonly windows: ReadonlyMap<string, Window>;
  /** Within `try(…)`, where what fails becomes null. */
  readonly trying: boolean;
  /** In a term of WHERE, HAVING or ON, where null counts as false. */
  readonly filtering: boolean;
  /** A name no other relation of the statement has. */
  readonly unique: (name: string) => string;
  readonly fail: Fail;
}

export function newContext(
  text: string,
  target: Target,
  resolve: TableResolver,
  parameters: readonly Operand[],
): Context {
  const used = new Set<string>();
  return {
    text,
    target,
    resolve,
    parameters,
    commonTables: new Map(),
    windows: new Map(),
    trying: false,
    filtering: false,
    unique: (name) => uniqueName(name.toLowerCase(), used),
    fail: (name, detail, at) => new SqlError(name, detail, placeOf(text, at)),
  };
}

/** The name itself, or with the first number that makes it new to the set. */
export function uniqueName(name: string, used: Set<string>): string {
  let candidate = name;
  for (let number = 2; used.has(candidate); number += 1) {
    candidate = `${name}_${number}`;
  }
  used.add(candidate);
  return candidate;
}

/** Refuses, with an alternative, what the target has no equal for. */
export function requireConstruct(construct: Construct, { target, fail }: Context, at: number): void {
  const advice = target.lacks[construct];
  if (advice !== undefined) {
    throw fail('NOT_SUPPORTED', advice, at);
  }
}
