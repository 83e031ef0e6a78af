import type { TableRelation } from '../ast.ts';
import { placeOf, SqlError, type SqlErrorName } from '../errors.ts';
import type { SqlType } from '../types.ts';
import type { Operand } from './scope.ts';

export interface NamedType {
  readonly name: string;
  readonly type: SqlType;
}

/** What DuckDB reads for a table. */
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

/** A common table in sight, under its name in DuckDB. */
export interface VisibleCommonTable {
  readonly alias: string;
  readonly columns: readonly NamedType[];
  readonly open: boolean;
}

/** What a translation carries with it from node to node. */
export interface Context {
  /** The statement's text, for places in messages. */
  readonly text: string;
  readonly resolve: TableResolver;
  /** Values of `?` as literals. */
  readonly parameters: readonly Operand[];
  readonly commonTables: ReadonlyMap<string, VisibleCommonTable>;
  /** Within `try(…)`, where what fails becomes null. */
  readonly trying: boolean;
  /** A name no other relation of the statement has. */
  readonly unique: (name: string) => string;
  readonly fail: Fail;
}

export function newContext(text: string, resolve: TableResolver, parameters: readonly Operand[]): Context {
  const used = new Set<string>();
  return {
    text,
    resolve,
    parameters,
    commonTables: new Map(),
    trying: false,
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
