import type { TributaryError } from '../../common/errors.ts';
import { compileError, type Place } from './errors.ts';
import { ambiguousColumn, unknownColumn, unknownTable } from './name-errors.ts';
import {
  distinctOrigins,
  EMPTY_SCOPE,
  findCte,
  knowsRelation,
  lookUp,
  mergeColumns,
  nested,
  type Origin,
  type Relation,
  type Scope,
  type ScopeColumn,
} from './scope.ts';
import { isNode, kindOf, type Node, nameIn, nodeIn, nodesIn, payloadOf, QUERIES, type Statement } from './syntax.ts';

/** Columns with types by table name (`silver.products`): models by their headers, sources by their contracts. */
export type TableIndex = ReadonlyMap<string, readonly { readonly name: string; readonly type: string }[]>;

export interface Resolution {
  /** Output columns in order. */
  readonly columns: readonly ScopeColumn[];
  /** Stored tables read, sorted by name, with the place of the first mention. */
  readonly tables: ReadonlyMap<string, Place>;
  /** Stored columns named anywhere (`silver.sales.amount`), with the place of the first mention. */
  readonly stored: ReadonlyMap<string, Place>;
}

/**
 * Gives every table and column name of a SELECT its meaning, by Athena's scoping rules.
 * Throws `unknown_table`, `unknown_column`, `ambiguous_column`, `star_refused`, `column_count` or
 * `unsupported_sql`, each with file, line and column.
 */
export function resolve(statement: Statement, tables: TableIndex): Resolution {
  const resolver = new Resolver(statement, tables);
  const columns = resolver.query(statement.root, EMPTY_SCOPE);
  const { stored } = resolver;
  return { columns, stored, tables: new Map([...resolver.read].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

class Resolver {
  readonly read = new Map<string, Place>();
  readonly stored = new Map<string, Place>();
  private readonly statement: Statement;
  private readonly tables: TableIndex;

  constructor(statement: Statement, tables: TableIndex) {
    this.statement = statement;
    this.tables = tables;
  }

  /** Output columns of a query node; `scope` is what it sees from outside. */
  query(node: Node, scope: Scope): readonly ScopeColumn[] {
    const query = payloadOf(node);
    const inner = this.withCtes(query, nested(scope));
    switch (kindOf(node)) {
      case 'select':
        return this.select(query, inner);
      case 'union':
      case 'intersect':
      case 'except':
        return this.setOperation(node, query, inner);
      case 'values':
        return this.values(query, inner);
      case 'subquery':
        return this.query(this.child(query, 'this'), inner);
      default:
        throw this.unsupported(node, `${kindOf(node)} is not a query`);
    }
  }

  private withCtes(query: Node, scope: Scope): Scope {
    const clause = nodeIn(query, 'with');
    if (clause === undefined) return scope;
    if (clause.recursive === true) {
      throw this.unsupported(clause, 'recursive queries do not run on every engine', 'Use unnest(sequence(…)).');
    }
    // Each CTE sees those before it.
    const ctes = new Map(scope.ctes);
    const inner = { ...scope, ctes };
    for (const cte of nodesIn(clause, 'ctes')) {
      const columns = renamed(this.query(this.child(cte, 'this'), inner), nodesIn(cte, 'columns'));
      ctes.set(nameIn(cte, 'alias') ?? '', columns);
    }
    return inner;
  }

  private select(query: Node, scope: Scope): readonly ScopeColumn[] {
    const from = nodesIn(nodeIn(query, 'from') ?? {}, 'expressions');
    const first = from.reduce<Scope>((known, item) => this.addRelation(item, known), scope);
    const inner = this.addJoins(nodesIn(query, 'joins'), first);
    const expressions = nodesIn(query, 'expressions');
    const columns = expressions.map((expression) => this.outputColumn(expression, inner));
    const { from: _from, joins: _joins, with: _with, expressions: _expressions, order_by: orderBy, ...clauses } = query;
    this.origins(clauses, inner);
    this.origins(orderBy, {
      ...inner,
      outer: inner,
      relations: [{ alias: undefined, columns: visibleAliases(columns, expressions) }],
    });
    return columns;
  }

  private setOperation(node: Node, query: Node, scope: Scope): readonly ScopeColumn[] {
    const left = this.query(this.child(query, 'left'), scope);
    const right = this.query(this.child(query, 'right'), scope);
    if (left.length !== right.length) {
      throw compileError(
        'column_count',
        this.statement.placeOf(query.right),
        `the ${kindOf(node)} joins ${left.length} columns with ${right.length}`,
      );
    }
    const columns = left.map((column, index) => mergeColumns([column, ...right.slice(index, index + 1)]));
    this.origins(query.order_by, { ...scope, relations: [{ alias: undefined, columns }] });
    return columns;
  }

  private values(query: Node, scope: Scope): readonly ScopeColumn[] {
    const rows = nodesIn(query, 'expressions');
    this.origins(rows, scope);
    return nodesIn(rows[0] ?? {}, 'expressions').map((_, index) => ({ name: `_col${index}`, origins: [] }));
  }

  private outputColumn(expression: Node, scope: Scope): ScopeColumn {
    const kind = kindOf(expression);
    const payload = payloadOf(expression);
    if (kind === 'star') {
      throw compileError(
        'star_refused',
        this.statement.placeOf(expression),
        'select * is not allowed: the list would change with its source',
        'Name the columns.',
      );
    }
    const nameProperty = NAME_PROPERTIES[kind];
    const name = (nameProperty === undefined ? undefined : nameIn(payload, nameProperty)) ?? '';
    const value = kind === 'alias' ? this.child(payload, 'this') : expression;
    return {
      name,
      origins: distinctOrigins(this.origins(value, scope)),
      place: this.statement.placeOf(expression),
    };
  }

  private addRelation(item: Node, scope: Scope): Scope {
    const payload = payloadOf(item);
    switch (kindOf(item)) {
      case 'joined_table':
        return this.addJoins(nodesIn(payload, 'joins'), this.addRelation(this.child(payload, 'left'), scope));
      case 'paren':
        return this.addRelation(this.child(payload, 'this'), scope);
      default:
        return { ...scope, relations: [...scope.relations, this.relation(item, scope)] };
    }
  }

  private addJoins(joins: readonly Node[], scope: Scope): Scope {
    return joins.reduce<Scope>((known, join) => {
      const joined = this.addRelation(this.child(join, 'this'), known);
      const using = nodesIn(join, 'using').map(({ name }) => String(name).toLowerCase());
      const inner = { ...joined, merged: new Set([...joined.merged, ...using]) };
      this.origins(join.on, inner);
      return inner;
    }, scope);
  }

  private relation(item: Node, scope: Scope): Relation {
    const payload = payloadOf(item);
    switch (kindOf(item)) {
      case 'table':
        return this.table(item, payload, scope);
      case 'subquery':
      case 'alias': {
        const inner = this.child(payload, 'this');
        const names = nodesIn(payload, 'column_aliases');
        const alias = nameIn(payload, 'alias');
        if (kindOf(inner) === 'unnest') return { alias, columns: this.unnested(inner, names, scope) };
        return { alias, columns: renamed(this.query(inner, lateralScope(payload, scope)), names) };
      }
      case 'unnest':
        return { alias: nameIn(payload, 'alias'), columns: this.unnested(item, [], scope) };
      default:
        throw this.unsupported(item, `${kindOf(item)} in FROM is not in the portable subset`);
    }
  }

  private table(node: Node, payload: Node, scope: Scope): Relation {
    for (const clause of ['table_sample', 'version'] as const) {
      if (isNode(payload[clause])) {
        throw this.unsupported(
          node,
          `a ${clause.replace('_', ' ')} clause makes the result depend on more than the data`,
        );
      }
    }
    const name = nameIn(payload, 'name') ?? '';
    const schema = nameIn(payload, 'schema');
    const alias = nameIn(payload, 'alias') ?? name;
    const names = nodesIn(payload, 'column_aliases');
    const cte = schema === undefined ? findCte(scope, name) : undefined;
    if (cte !== undefined) return { alias, columns: renamed(cte, names) };
    const table = `${schema}.${name}`;
    const columns = this.tables.get(table);
    if (schema === undefined || nodeIn(payload, 'catalog') !== undefined || columns === undefined) {
      throw unknownTable(this.statement, payload, this.tables.keys(), scope);
    }
    if (!this.read.has(table)) this.read.set(table, this.statement.placeOf(payload));
    return {
      alias,
      columns: renamed(
        columns.map(({ name: column }) => ({ name: column, origins: [{ table, column }] })),
        names,
      ),
    };
  }

  private unnested(node: Node, names: readonly Node[], scope: Scope): readonly ScopeColumn[] {
    const origins = distinctOrigins(this.origins(payloadOf(node), scope));
    return names.map(({ name }) => ({ name: String(name).toLowerCase(), origins }));
  }

  /** Stored columns that an expression, a clause or any part of one depends on. */
  private origins(value: unknown, scope: Scope): readonly Origin[] {
    if (Array.isArray(value)) return value.flatMap((item) => this.origins(item, scope));
    if (!isNode(value)) return [];
    return Object.entries(value).flatMap(([kind, payload]) => {
      if (!isNode(payload)) return this.origins(payload, scope);
      if (QUERIES.has(kind)) return this.query({ [kind]: payload }, scope).flatMap(({ origins }) => origins);
      if (kind === 'column') return this.column(payload, scope);
      if (kind === 'lambda') return this.lambda(payload, scope);
      return this.origins(payload, scope);
    });
  }

  private lambda(payload: Node, scope: Scope): readonly Origin[] {
    const own = nodesIn(payload, 'parameters').map(({ name }) => String(name).toLowerCase());
    return this.origins(payload.body, { ...scope, parameters: new Set([...scope.parameters, ...own]) });
  }

  private column(payload: Node, scope: Scope): readonly Origin[] {
    const name = nameIn(payload, 'name') ?? '';
    const qualifier = nameIn(payload, 'table');
    const match = lookUp(scope, name, qualifier);
    switch (match.found) {
      case 'column':
        return this.mentioned(payload, match.column.origins);
      case 'parameter':
        return [];
      case 'ambiguous':
        throw ambiguousColumn(this.statement, payload, match.relations);
      case 'nothing':
        // `a.b` may also be field b of a row column a.
        if (qualifier !== undefined && !knowsRelation(scope, qualifier)) {
          const row = lookUp(scope, qualifier, undefined);
          if (row.found === 'column') return this.mentioned(payload, row.column.origins);
          if (row.found === 'parameter') return [];
        }
        throw unknownColumn(this.statement, payload, match.candidates, scope);
    }
  }

  private mentioned(reference: Node, origins: readonly Origin[]): readonly Origin[] {
    for (const { table, column } of origins) {
      const name = `${table}.${column}`;
      if (!this.stored.has(name)) this.stored.set(name, this.statement.placeOf(reference));
    }
    return origins;
  }

  private child(node: Node, property: string): Node {
    const child = nodeIn(node, property);
    if (child === undefined) throw this.unsupported(node, `a query part without "${property}"`);
    return child;
  }

  private unsupported(node: Node, message: string, advice?: string): TributaryError {
    return compileError('unsupported_sql', this.statement.placeOf(node), message, advice);
  }
}

/** Where select items that bear a name have it. */
const NAME_PROPERTIES: Readonly<Record<string, string>> = { alias: 'alias', column: 'name', dot: 'field' };

function renamed(columns: readonly ScopeColumn[], names: readonly Node[]): readonly ScopeColumn[] {
  return columns.map((column, index) => {
    const name = names[index]?.name;
    return typeof name === 'string' ? { ...column, name: name.toLowerCase() } : column;
  });
}

/** A lateral subquery sees the relations to its left; another sees only what the whole query sees. */
const lateralScope = (payload: Node, scope: Scope): Scope =>
  payload.lateral === true ? scope : { ...scope, relations: [] };

/** Output names that ORDER BY may use: those given by AS; plain columns are found in FROM anyway. */
const visibleAliases = (columns: readonly ScopeColumn[], expressions: readonly Node[]): readonly ScopeColumn[] =>
  columns.filter((_, index) => kindOf(expressions[index] ?? {}) === 'alias');
