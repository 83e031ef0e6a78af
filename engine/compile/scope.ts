import type { Fact, Key } from './keys.ts';

/** A column of a stored table. */
export interface Origin {
  readonly table: string;
  readonly column: string;
}

/** A column that a query yields or a table has. */
export interface ScopeColumn {
  /** In lower case; empty where a query gives it none. */
  readonly name: string;
  readonly origins: readonly Origin[];
  /** Offset at which the query gives it; absent for columns of stored tables. */
  readonly at?: number;
  /** The literals that are all it may hold, where that is seen. */
  readonly values?: readonly string[];
}

/** What a query yields or a table has. */
export interface Rows {
  readonly columns: readonly ScopeColumn[];
  /** Columns that tell rows apart, as far as it can be seen. */
  readonly keys: readonly Key[];
}

/** A table, view, CTE or subquery as it stands in FROM. */
export interface ScopeRelation extends Rows {
  /** Name by which columns are qualified; undefined for a subquery without one. */
  readonly alias: string | undefined;
}

/** What the names in one query may mean; inner queries see the outer ones' names too. */
export interface Scope {
  readonly outer: Scope | undefined;
  readonly ctes: ReadonlyMap<string, Rows>;
  readonly relations: readonly ScopeRelation[];
  /** What follows for its rows from the keys of the relations and the conditions of the joins. */
  readonly facts: readonly Fact[];
  /** Columns joined by USING: both sides' are one. */
  readonly merged: ReadonlySet<string>;
  /** Parameters of the enclosing lambdas. */
  readonly parameters: ReadonlySet<string>;
}

export const EMPTY_SCOPE: Scope = {
  outer: undefined,
  ctes: new Map(),
  relations: [],
  facts: [],
  merged: new Set(),
  parameters: new Set(),
};

/** The scope of a query inside another. */
export const nested = (outer: Scope): Scope => ({ ...EMPTY_SCOPE, outer, parameters: outer.parameters });

/** The CTE by that name, the innermost first. */
export function findCte(scope: Scope | undefined, name: string): Rows | undefined {
  if (scope === undefined) return undefined;
  return scope.ctes.get(name) ?? findCte(scope.outer, name);
}

/** Every CTE in sight, for advice. */
export function cteNames(scope: Scope | undefined): readonly string[] {
  return scope === undefined ? [] : [...scope.ctes.keys(), ...cteNames(scope.outer)];
}

export type Lookup =
  | {
      readonly found: 'column';
      readonly column: ScopeColumn;
      /** The scope that has it, the position of its relation there, and its own in the relation. */
      readonly scope: Scope;
      readonly relation: number;
      readonly position: number;
    }
  | { readonly found: 'parameter' }
  | { readonly found: 'ambiguous'; readonly relations: readonly string[] }
  | { readonly found: 'nothing'; readonly candidates: readonly string[] };

/** What a column name means in a scope: the innermost query that knows it decides. */
export function lookUp(scope: Scope, name: string, qualifier: string | undefined): Lookup {
  if (qualifier === undefined && scope.parameters.has(name)) return { found: 'parameter' };
  const isMeant = ({ alias }: ScopeRelation): boolean => qualifier === undefined || alias === qualifier;
  const matches = scope.relations.flatMap(({ alias, columns }, relation) =>
    qualifier === undefined || alias === qualifier
      ? columns.flatMap((column, position) => (column.name === name ? [{ alias, relation, column, position }] : []))
      : [],
  );
  const [match] = matches;
  if (match === undefined) return lookUpOutside(scope, name, qualifier, scope.relations.filter(isMeant));
  const { relation, position } = match;
  if (matches.length === 1) return { found: 'column', column: match.column, scope, relation, position };
  if (scope.merged.has(name)) {
    return { found: 'column', column: mergeColumns(matches.map(({ column }) => column)), scope, relation, position };
  }
  return { found: 'ambiguous', relations: matches.map(({ alias }) => alias ?? 'a subquery') };
}

function lookUpOutside(
  scope: Scope,
  name: string,
  qualifier: string | undefined,
  inner: readonly ScopeRelation[],
): Lookup {
  const candidates = inner.flatMap(({ columns }) => columns.map((column) => column.name));
  // A qualifier that a relation of this query bears hides the same name outside.
  if (scope.outer === undefined || (qualifier !== undefined && inner.length > 0)) {
    return { found: 'nothing', candidates };
  }
  const outside = lookUp(scope.outer, name, qualifier);
  return outside.found === 'nothing'
    ? { found: 'nothing', candidates: [...candidates, ...outside.candidates] }
    : outside;
}

/** Whether any query in sight has a relation of that name. */
export function knowsRelation(scope: Scope | undefined, alias: string): boolean {
  if (scope === undefined) return false;
  return scope.relations.some((relation) => relation.alias === alias) || knowsRelation(scope.outer, alias);
}

/** One column that comes from several, as in a set operation: the first one's name, and all their origins. */
export function mergeColumns(columns: readonly ScopeColumn[]): ScopeColumn {
  const [first] = columns;
  return {
    name: first?.name ?? '',
    ...(first?.at === undefined ? {} : { at: first.at }),
    origins: distinctOrigins(columns.flatMap(({ origins }) => origins)),
    ...(columns.every(({ values }) => values !== undefined)
      ? { values: columns.flatMap(({ values = [] }) => values) }
      : {}),
  };
}

/** Each origin once, sorted, so that the same query always gives the same lineage. */
export function distinctOrigins(origins: readonly Origin[]): readonly Origin[] {
  if (origins.length < 2) return origins;
  const byName = new Map(origins.map((origin) => [`${origin.table}.${origin.column}`, origin]));
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, origin]) => origin);
}
