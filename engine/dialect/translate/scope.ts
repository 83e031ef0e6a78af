import { type Place, SqlError } from '../errors.ts';
import { ANY, quoted, type SqlType } from '../types.ts';

/** Text of the target with the type that Trino gives it. */
export interface Operand {
  readonly sql: string;
  readonly type: SqlType;
}

/** A column that a name can mean. */
export interface ScopeColumn extends Operand {
  readonly name: string;
  /** Whether `*` leaves it out. */
  readonly hidden?: boolean;
}

/** What stands in FROM under one name. */
export interface ScopeRelation {
  /** The names under which its columns can be qualified, longest last: `[["t"], ["gold", "t"]]`. */
  readonly qualifiers: readonly (readonly string[])[];
  readonly columns: readonly ScopeColumn[];
  /** Its alias in the translation. */
  readonly alias: string;
  /** Whether it may have columns that are not listed. */
  readonly open: boolean;
}

/** The columns in sight of an expression, innermost query first. */
export class Scope {
  readonly relations: readonly ScopeRelation[];
  readonly parent: Scope | undefined;
  /** Columns that `using` or `natural` merged: their plain name is not ambiguous. */
  readonly merged: readonly ScopeColumn[];

  constructor(relations: readonly ScopeRelation[], parent?: Scope, merged: readonly ScopeColumn[] = []) {
    this.relations = relations;
    this.parent = parent;
    this.merged = merged;
  }

  get open(): boolean {
    return this.relations.some(({ open }) => open);
  }

  /** The column that an unqualified name means, or undefined; a name of two columns is an error. */
  column(name: string, place: () => Place): Operand | undefined {
    const merged = this.merged.find((column) => same(column.name, name));
    if (merged !== undefined) {
      return merged;
    }
    const found = this.relations.flatMap(({ columns }) => columns.filter((column) => same(column.name, name)));
    if (found.length > 1) {
      throw new SqlError('AMBIGUOUS_NAME', `Column '${name}' is ambiguous`, place());
    }
    const [only] = found;
    if (only !== undefined) {
      return only;
    }
    return this.open ? { sql: quoted(name), type: ANY } : this.parent?.column(name, place);
  }

  /** The relation that a qualifier such as `t` or `gold.t` means. */
  relation(qualifier: readonly string[]): ScopeRelation | undefined {
    const matches = this.relations.find(({ qualifiers }) => qualifiers.some((names) => sameNames(names, qualifier)));
    return matches ?? this.parent?.relation(qualifier);
  }
}

/** The column of a relation; columns of an open relation are believed. */
export function columnOf(relation: ScopeRelation, name: string, place: () => Place): Operand | undefined {
  const found = relation.columns.filter((column) => same(column.name, name));
  if (found.length > 1) {
    throw new SqlError('AMBIGUOUS_NAME', `Column '${name}' is ambiguous`, place());
  }
  const [only] = found;
  return only ?? (relation.open ? { sql: `${quoted(relation.alias)}.${quoted(name)}`, type: ANY } : undefined);
}

export const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, index) => same(name, b[index] ?? ''));
