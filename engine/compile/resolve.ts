import type { TributaryError } from '../../common/errors.ts';
import type { Expression, Name, Query, QueryBody, Relation, Select, SelectItem, SortItem } from '../dialect/ast.ts';
import { groupingOperands, operandsOf, queryOf, windowOperands } from '../dialect/walk.ts';
import { compileError } from './errors.ts';
import { checkAggregation } from './grouping.ts';
import { ambiguousColumn, type Reference, unknownColumn, unknownTable } from './name-errors.ts';
import {
  distinctOrigins,
  EMPTY_SCOPE,
  findCte,
  knowsRelation,
  type Lookup,
  lookUp,
  mergeColumns,
  nested,
  type Origin,
  type Scope,
  type ScopeColumn,
} from './scope.ts';
import type { Statement } from './syntax.ts';

/** Columns of a table with their types in Athena's words. */
export type TableColumns = readonly { readonly name: string; readonly type: string }[];

/** By table name (`silver.products`): models by their headers, sources by their contracts. */
export type TableIndex = ReadonlyMap<string, TableColumns>;

export interface Resolution {
  /** Output columns in order. */
  readonly columns: readonly ScopeColumn[];
  /** Stored tables read, sorted by name, with the offset of the first mention. */
  readonly tables: ReadonlyMap<string, number>;
  /** Stored columns named anywhere (`silver.sales.amount`), with the offset of the first mention. */
  readonly stored: ReadonlyMap<string, number>;
}

/**
 * Gives every table and column name of a SELECT its meaning, by Athena's scoping rules.
 * Throws `unknown_table`, `unknown_column`, `ambiguous_column`, `star_refused`, `column_count`, `unsupported_sql`, or
 * `sql_error` for a column that is not grouped, each with file, line and column.
 */
export function resolve(statement: Statement, tables: TableIndex): Resolution {
  const resolver = new Resolver(statement, tables);
  const columns = resolver.query(statement.query, EMPTY_SCOPE);
  const { stored } = resolver;
  return { columns, stored, tables: new Map([...resolver.read].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

type RelationOf<K extends Relation['kind']> = Extract<Relation, { kind: K }>;

class Resolver {
  readonly read = new Map<string, number>();
  readonly stored = new Map<string, number>();
  private readonly statement: Statement;
  private readonly tables: TableIndex;

  constructor(statement: Statement, tables: TableIndex) {
    this.statement = statement;
    this.tables = tables;
  }

  /** Output columns of a query; `scope` is what it sees from outside. */
  query(query: Query, outer: Scope): readonly ScopeColumn[] {
    const scope = this.withCtes(query, nested(outer));
    if (query.body.kind === 'select') return this.select(query.body, query.orderBy, scope);
    const columns = this.body(query.body, scope);
    this.sortItems(query.orderBy, { ...scope, relations: [{ alias: undefined, columns }] });
    return columns;
  }

  private withCtes({ recursive, with: tables, at }: Query, scope: Scope): Scope {
    if (recursive) {
      throw this.unsupported(at, 'recursive queries do not run on every engine', 'Use unnest(sequence(…)).');
    }
    // Each CTE sees those before it.
    const ctes = new Map<string, readonly ScopeColumn[]>();
    const inner = { ...scope, ctes };
    for (const { name, columns, query } of tables) {
      ctes.set(name.text.toLowerCase(), renamed(this.query(query, inner), columns));
    }
    return inner;
  }

  private body(body: QueryBody, scope: Scope): readonly ScopeColumn[] {
    switch (body.kind) {
      case 'select':
        return this.select(body, [], scope);
      case 'nested':
        return this.query(body.query, scope);
      case 'values':
        return this.values(body.rows, scope);
      case 'set': {
        const [left, right] = [this.body(body.left, scope), this.body(body.right, scope)];
        if (left.length === right.length) {
          return left.map((column, index) => mergeColumns([column, ...right.slice(index, index + 1)]));
        }
        const message = `the ${body.operator} joins ${left.length} columns with ${right.length}`;
        throw compileError('column_count', this.statement.placeOf(body.at), message);
      }
    }
  }

  private values(rows: readonly Expression[], scope: Scope): readonly ScopeColumn[] {
    for (const row of rows) this.origins(row, scope);
    const [first] = rows;
    const width = first?.kind === 'row' ? first.values.length : 1;
    return Array.from({ length: width }, (_, index) => ({ name: `_col${index}`, origins: [] }));
  }

  private select(select: Select, orderBy: readonly SortItem[], outer: Scope): readonly ScopeColumn[] {
    const scope = select.from.reduce((known, relation) => this.addRelation(relation, known), outer);
    const columns = select.items.map((item) => this.outputColumn(item, scope));
    const clauses = [
      select.where,
      ...select.groupBy.flatMap(groupingOperands),
      select.having,
      ...select.windows.flatMap(({ window }) => windowOperands(window)),
    ];
    for (const clause of clauses) if (clause !== undefined) this.origins(clause, scope);
    const aliases = columns.filter((_, index) => isAliased(select.items[index]));
    const sorting = { ...scope, outer: scope, relations: [{ alias: undefined, columns: aliases }] };
    this.sortItems(orderBy, sorting);
    checkAggregation(select, orderBy, this.statement, (node, isSorting) =>
      ownColumn(node, isSorting ? sorting : scope, scope),
    );
    return columns;
  }

  private outputColumn(item: SelectItem, scope: Scope): ScopeColumn {
    if (item.kind === 'all') {
      throw compileError(
        'star_refused',
        this.statement.placeOf(item.at),
        'select * is not allowed: the list would change with its source',
        'Name the columns.',
      );
    }
    const { value, alias, at } = item;
    const name = alias?.text ?? (value.kind === 'name' || value.kind === 'field' ? value.name : '');
    return { name: name.toLowerCase(), origins: distinctOrigins(this.origins(value, scope)), at };
  }

  private sortItems(items: readonly SortItem[], scope: Scope): void {
    for (const { value } of items) this.origins(value, scope);
  }

  private addRelation(relation: Relation, scope: Scope): Scope {
    switch (relation.kind) {
      case 'join':
        return this.addJoin(relation, scope);
      case 'sample':
        throw this.unsupported(relation.at, 'a table sample makes the result depend on more than the data');
      case 'aliased':
        return this.addAliased(relation, scope);
      case 'table':
        return withRelation(scope, relation.name.parts.at(-1), this.table(relation, scope));
      case 'query':
        return withRelation(scope, undefined, this.subquery(relation, scope));
      case 'unnest':
        return withRelation(scope, undefined, this.unnested(relation, [], scope));
    }
  }

  private addJoin({ left, right, natural, using, on, at }: RelationOf<'join'>, scope: Scope): Scope {
    if (natural) {
      const message = 'a natural join is not allowed: the columns that it compares would change with its sources';
      throw this.unsupported(at, message, 'Name the columns: join … using (…).');
    }
    const both = this.addRelation(right, this.addRelation(left, scope));
    const merged = new Set([...both.merged, ...using.map(({ text }) => text.toLowerCase())]);
    const joined = { ...both, merged };
    if (on !== undefined) this.origins(on, joined);
    return joined;
  }

  private addAliased({ relation, alias, columns: names, at }: RelationOf<'aliased'>, scope: Scope): Scope {
    switch (relation.kind) {
      case 'table':
        return withRelation(scope, alias.text, renamed(this.table(relation, scope), names));
      case 'query':
        return withRelation(scope, alias.text, renamed(this.subquery(relation, scope), names));
      case 'unnest':
        return withRelation(scope, alias.text, this.unnested(relation, names, scope));
      case 'sample':
        return this.addRelation(relation, scope);
      default:
        throw this.unsupported(at, 'an alias of a join is not in the portable subset', 'Give each table its own.');
    }
  }

  private table({ name, asOf, at }: RelationOf<'table'>, scope: Scope): readonly ScopeColumn[] {
    if (asOf !== undefined)
      throw this.unsupported(at, 'an older version makes the result depend on more than the data');
    const parts = name.parts.map((part) => part.toLowerCase());
    const table = parts.join('.');
    const cte = findCte(scope, table);
    if (parts.length === 1 && cte !== undefined) return cte;
    const columns = this.tables.get(table);
    if (columns === undefined) throw unknownTable(this.statement, parts, at, this.tables.keys(), scope);
    if (!this.read.has(table)) this.read.set(table, at);
    return columns.map((column) => ({ name: column.name, origins: [{ table, column: column.name }] }));
  }

  /** A lateral subquery sees the relations to its left; another sees only what the whole query sees. */
  private subquery({ query, lateral }: RelationOf<'query'>, scope: Scope): readonly ScopeColumn[] {
    return this.query(query, lateral ? scope : { ...scope, relations: [] });
  }

  private unnested({ values }: RelationOf<'unnest'>, names: readonly Name[], scope: Scope): readonly ScopeColumn[] {
    const origins = distinctOrigins(values.flatMap((value) => this.origins(value, scope)));
    return names.map(({ text }) => ({ name: text.toLowerCase(), origins }));
  }

  /** Stored columns that an expression or any part of it depends on. */
  private origins(node: Expression, scope: Scope): readonly Origin[] {
    const reference = referenceOf(node);
    if (reference !== undefined) return this.reference(reference, scope);
    const query = queryOf(node);
    const own = query === undefined ? [] : this.query(query, scope).flatMap(({ origins }) => origins);
    const inner = node.kind === 'lambda' ? withParameters(scope, node.parameters) : scope;
    return [...operandsOf(node).flatMap((operand) => this.origins(operand, inner)), ...own];
  }

  private reference(reference: Reference, scope: Scope): readonly Origin[] {
    const match = meaningOf(reference, scope);
    switch (match.found) {
      case 'column':
        return this.mentioned(reference, match.column.origins);
      case 'parameter':
        return [];
      case 'ambiguous':
        throw ambiguousColumn(this.statement, reference, match.relations);
      case 'nothing':
        throw unknownColumn(this.statement, reference, match.candidates, scope);
    }
  }

  private mentioned({ name: { at } }: Reference, origins: readonly Origin[]): readonly Origin[] {
    for (const { table, column } of origins) {
      const name = `${table}.${column}`;
      if (!this.stored.has(name)) this.stored.set(name, at);
    }
    return origins;
  }

  private unsupported(at: number, message: string, advice?: string): TributaryError {
    return compileError('unsupported_sql', this.statement.placeOf(at), message, advice);
  }
}

/** `column`, `table.column` or `database.table.column`, with fields of a row after any; undefined for other nodes. */
function referenceOf(node: Expression): Reference | undefined {
  const [first, second] = pathOf(node);
  if (first === undefined) return undefined;
  return second === undefined ? { name: first } : { qualifier: first, name: second };
}

function pathOf(node: Expression): readonly Name[] {
  if (node.kind === 'name') return [{ text: node.name.toLowerCase(), at: node.at }];
  if (node.kind !== 'field') return [];
  const base = pathOf(node.base);
  return base.length === 0 ? [] : [...base, { text: node.name.toLowerCase(), at: node.nameAt }];
}

function meaningOf({ name, qualifier }: Reference, scope: Scope): Lookup {
  if (qualifier === undefined) return lookUp(scope, name.text, undefined);
  if (knowsRelation(scope, qualifier.text)) return lookUp(scope, name.text, qualifier.text);
  // `a.b` may also be field b of a row column a.
  return lookUp(scope, qualifier.text, undefined);
}

/** The column of a scope's own relations that a name means, if it means one: `0.sale_id`. */
function ownColumn(node: Expression, scope: Scope, own: Scope): string | undefined {
  const reference = referenceOf(node);
  const match = reference && meaningOf(reference, scope);
  return match?.found === 'column' && match.scope === own ? `${match.relation}.${match.column.name}` : undefined;
}

const withRelation = (scope: Scope, alias: string | undefined, columns: readonly ScopeColumn[]): Scope => ({
  ...scope,
  relations: [...scope.relations, { alias: alias?.toLowerCase(), columns }],
});

const withParameters = (scope: Scope, names: readonly string[]): Scope => ({
  ...scope,
  parameters: new Set([...scope.parameters, ...names.map((name) => name.toLowerCase())]),
});

function renamed(columns: readonly ScopeColumn[], names: readonly Name[]): readonly ScopeColumn[] {
  return columns.map((column, index) => {
    const name = names[index];
    return name === undefined ? column : { ...column, name: name.text.toLowerCase() };
  });
}

/** Output names that ORDER BY may use are those given by AS; plain columns are found in FROM anyway. */
const isAliased = (item: SelectItem | undefined): boolean => item?.kind === 'expression' && item.alias !== undefined;
