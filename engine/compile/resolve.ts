import type { TributaryError } from '../../common/errors.ts';
import type { Expression, Name, Query, QueryBody, Relation, Select, SelectItem, SortItem } from '../dialect/ast.ts';
import { given, groupingOperands, operandsOf, queryOf, windowOperands } from '../dialect/walk.ts';
import { compileError } from './errors.ts';
import type { ColumnOf } from './expression-text.ts';
import { checkAggregation } from './grouping.ts';
import { factsOfCondition, factsOfJoin, factsOfKeys, keysOfSelect, keysOfSet } from './keys.ts';
import { ambiguousColumn, type Reference, unknownColumn, unknownTable } from './name-errors.ts';
import { meaningOf, ownColumn, referenceOf, sharedColumn, valuesOf } from './references.ts';
import {
  distinctOrigins,
  EMPTY_SCOPE,
  findCte,
  mergeColumns,
  nested,
  type Origin,
  type Rows,
  type Scope,
  type ScopeColumn,
} from './scope.ts';
import type { Statement } from './syntax.ts';
import { type Clauses, tiesIn } from './ties.ts';

/** Columns of a table with their types in Athena's words. */
export type TableColumns = readonly { readonly name: string; readonly type: string }[];

/** By table name (`silver.products`): models by their headers, sources by their contracts. */
export type TableIndex = ReadonlyMap<string, TableColumns>;

/** Lists of columns that tell the rows of a table apart, by table name. */
export type TableKeys = ReadonlyMap<string, readonly (readonly string[])[]>;

/** What is known of rows that are the same in some columns. */
export interface Uniqueness {
  readonly tables: TableKeys;
  /** Lists of output columns; a result in which two rows agree in one of them is thrown away. */
  readonly own: readonly (readonly string[])[];
}

export interface Resolution {
  /** Output columns in order. */
  readonly columns: readonly ScopeColumn[];
  /** Stored tables read, sorted by name, with the offset of the first mention. */
  readonly tables: ReadonlyMap<string, number>;
  /** Stored columns named anywhere (`silver.sales.amount`), with the offset of the first mention. */
  readonly stored: ReadonlyMap<string, number>;
  /** Errors (`not_deterministic`) where rows that tie are not told apart; none where it was not asked for. */
  readonly ties: readonly TributaryError[];
}

/**
 * Gives every table and column name of a SELECT its meaning, by Athena's scoping rules.
 * Throws `unknown_table`, `unknown_column`, `ambiguous_column`, `star_refused`, `column_count`, `unsupported_sql`, or
 * `sql_error` for a column that is not grouped, each with file, line and column. With `unique` it looks for ties, too.
 */
export function resolve(statement: Statement, tables: TableIndex, unique?: Uniqueness): Resolution {
  const resolver = new Resolver(statement, tables, unique);
  const { columns } = resolver.query(statement.query, EMPTY_SCOPE);
  const { stored, ties } = resolver;
  return { columns, stored, ties, tables: new Map([...resolver.read].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

type RelationOf<K extends Relation['kind']> = Extract<Relation, { kind: K }>;

class Resolver {
  readonly read = new Map<string, number>();
  readonly stored = new Map<string, number>();
  readonly ties: TributaryError[] = [];
  private readonly statement: Statement;
  private readonly tables: TableIndex;
  private readonly unique: Uniqueness | undefined;

  constructor(statement: Statement, tables: TableIndex, unique: Uniqueness | undefined) {
    this.statement = statement;
    this.tables = tables;
    this.unique = unique;
  }

  /** What a query yields; `scope` is what it sees from outside. */
  query(query: Query, outer: Scope): Rows {
    const scope = this.withCtes(query, nested(outer));
    if (query.body.kind === 'select') return this.select(query.body, query, scope);
    const rows = this.body(query.body, scope);
    this.sortItems(query.orderBy, { ...scope, relations: [{ alias: undefined, ...rows }] });
    if (query.limit !== undefined && this.unique !== undefined) {
      throw this.unsupported(query.limit.at, 'a limit of several queries together', 'Put them into a CTE.');
    }
    return rows;
  }

  private withCtes({ recursive, with: tables, at }: Query, scope: Scope): Scope {
    if (recursive) {
      throw this.unsupported(at, 'recursive queries do not run on every engine', 'Use unnest(sequence(…)).');
    }
    // Each CTE sees those before it.
    const ctes = new Map<string, Rows>();
    const inner = { ...scope, ctes };
    for (const { name, columns, query } of tables) {
      ctes.set(name.text.toLowerCase(), renamed(this.query(query, inner), columns));
    }
    return inner;
  }

  private body(body: QueryBody, scope: Scope): Rows {
    switch (body.kind) {
      case 'select':
        return this.select(body, { orderBy: [] }, scope);
      case 'nested':
        return this.query(body.query, scope);
      case 'values':
        return this.values(body.rows, scope);
      case 'set': {
        const [left, right] = [this.body(body.left, scope), this.body(body.right, scope)];
        const [width, other] = [left.columns.length, right.columns.length];
        if (width !== other) {
          const message = `the ${body.operator} joins ${width} columns with ${other}`;
          throw compileError('column_count', this.statement.placeOf(body.at), message);
        }
        const columns = left.columns.map((column, index) =>
          mergeColumns([column, ...right.columns.slice(index, index + 1)]),
        );
        return { columns, keys: keysOfSet(body, left, right) };
      }
    }
  }

  private values(rows: readonly Expression[], scope: Scope): Rows {
    for (const row of rows) this.origins(row, scope);
    const cells = rows.map((row) => (row.kind === 'row' ? row.values : [row]));
    const columns = (cells[0] ?? []).map((_, index) => ({ name: `_col${index}`, origins: [] }));
    // A column of literals that are all different tells the rows apart.
    const keys = columns.flatMap((_, index) => {
      const literals = new Set(cells.flatMap((row) => (row[index]?.kind === 'literal' ? row[index].value : [])));
      return literals.size === cells.length ? [[index]] : [];
    });
    return { columns, keys };
  }

  private select(select: Select, clauses: Clauses, outer: Scope): Rows {
    const { orderBy } = clauses;
    const scope = select.from.reduce((known, relation) => this.addRelation(relation, known), outer);
    const columns = select.items.map((item) => this.outputColumn(item, scope));
    const others = [
      ...given(select.where),
      ...select.groupBy.flatMap(groupingOperands),
      ...given(select.having),
      ...select.windows.flatMap(({ window }) => windowOperands(window)),
    ];
    for (const other of others) this.origins(other, scope);
    const aliases = columns.filter((_, index) => isAliased(select.items[index]));
    const sorting = { ...scope, outer: scope, relations: [{ alias: undefined, columns: aliases, keys: [] }] };
    this.sortItems(orderBy, sorting);
    const columnOf: ColumnOf = (node) => ownColumn(node, scope, scope);
    checkAggregation(select, orderBy, this.statement, columnOf, (node) => ownColumn(node, sorting, scope));
    const { relations } = scope;
    const from = { relations, facts: [...scope.facts, ...factsOfCondition(select.where, columnOf)], columnOf };
    const own = outer.outer === EMPTY_SCOPE ? (this.unique?.own ?? []) : [];
    if (this.unique !== undefined) this.ties.push(...tiesIn(select, clauses, { ...from, own }, this.statement));
    return { columns, keys: keysOfSelect(select, from) };
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
    const origins = distinctOrigins(this.origins(value, scope));
    const values = valuesOf(value, scope);
    return { name: name.toLowerCase(), origins, at, ...(values === undefined ? {} : { values }) };
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

  private addJoin(join: RelationOf<'join'>, scope: Scope): Scope {
    const { left, right, natural, using, on, at } = join;
    if (natural) {
      const message = 'a natural join is not allowed: the columns that it compares would change with its sources';
      throw this.unsupported(at, message, 'Name the columns: join … using (…).');
    }
    const one = this.addRelation(left, scope);
    const both = this.addRelation(right, one);
    const merged = new Set([...both.merged, ...using.map(({ text }) => text.toLowerCase())]);
    const joined = { ...both, merged };
    if (on !== undefined) this.origins(on, joined);
    const from = { ...joined, columnOf: (node: Expression) => ownColumn(node, joined, joined) };
    const first = one.relations.length;
    const shared = using.flatMap(({ text }) => sharedColumn(text.toLowerCase(), joined, first));
    return { ...joined, facts: [...joined.facts, ...factsOfJoin(join, from, first, shared)] };
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

  private table({ name, asOf, at }: RelationOf<'table'>, scope: Scope): Rows {
    if (asOf !== undefined)
      throw this.unsupported(at, 'an older version makes the result depend on more than the data');
    const parts = name.parts.map((part) => part.toLowerCase());
    const table = parts.join('.');
    const cte = findCte(scope, table);
    if (parts.length === 1 && cte !== undefined) return cte;
    const columns = this.tables.get(table);
    if (columns === undefined) throw unknownTable(this.statement, parts, at, this.tables.keys(), scope);
    if (!this.read.has(table)) this.read.set(table, at);
    const names = columns.map((column) => column.name);
    const keys = (this.unique?.tables.get(table) ?? []).map((key) => key.map((column) => names.indexOf(column)));
    return { columns: names.map((column) => ({ name: column, origins: [{ table, column }] })), keys };
  }

  /** A lateral subquery sees the relations to its left; another sees only what the whole query sees. */
  private subquery({ query, lateral }: RelationOf<'query'>, scope: Scope): Rows {
    return this.query(query, lateral ? scope : { ...scope, relations: [] });
  }

  private unnested({ values, ordinality }: RelationOf<'unnest'>, names: readonly Name[], scope: Scope): Rows {
    const origins = distinctOrigins(values.flatMap((value) => this.origins(value, scope)));
    const columns = names.map(({ text }) => ({ name: text.toLowerCase(), origins }));
    const [only, another] = values;
    const isDistinct = only?.kind === 'call' && DISTINCT_ELEMENTS.has(only.name) && another === undefined;
    return { columns, keys: ordinality ? [[columns.length - 1]] : isDistinct ? [[0]] : [] };
  }

  /** Stored columns that an expression or any part of it depends on. */
  private origins(node: Expression, scope: Scope): readonly Origin[] {
    const reference = referenceOf(node);
    if (reference !== undefined) return this.reference(reference, scope);
    const query = queryOf(node);
    const own = query === undefined ? [] : this.query(query, scope).columns.flatMap(({ origins }) => origins);
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

/** Functions that give an array without equal elements. */
const DISTINCT_ELEMENTS: ReadonlySet<string> = new Set(['sequence', 'array_distinct', 'map_keys']);

function withRelation(scope: Scope, alias: string | undefined, rows: Rows): Scope {
  const facts = factsOfKeys(rows, scope.relations.length);
  return {
    ...scope,
    relations: [...scope.relations, { alias: alias?.toLowerCase(), ...rows }],
    facts: [...scope.facts, ...facts],
  };
}

const withParameters = (scope: Scope, names: readonly string[]): Scope => ({
  ...scope,
  parameters: new Set([...scope.parameters, ...names.map((name) => name.toLowerCase())]),
});

function renamed({ columns, keys }: Rows, names: readonly Name[]): Rows {
  const named = columns.map((column, index) => {
    const name = names[index];
    return name === undefined ? column : { ...column, name: name.text.toLowerCase() };
  });
  return { columns: named, keys };
}

/** Output names that ORDER BY may use are those given by AS; plain columns are found in FROM anyway. */
const isAliased = (item: SelectItem | undefined): boolean => item?.kind === 'expression' && item.alias !== undefined;
