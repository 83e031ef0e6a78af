import type {
  ComparisonOperator,
  Expression,
  Query,
  Relation,
  Select,
  TableRelation,
} from '../../../engine/dialect/ast.ts';
import { same } from '../../../engine/dialect/translate/scope.ts';

/** A constant as it is written: a number, a text, a date or a timestamp. */
export interface Constant {
  readonly type: 'number' | 'string' | 'date' | 'timestamp';
  readonly text: string;
}

/** What every row that a query uses of a table meets: a column's comparison with constants, any of which will do. */
export interface Condition {
  readonly column: string;
  readonly operator: Exclude<ComparisonOperator, '<>'>;
  readonly values: readonly Constant[];
}

/**
 * The conditions in WHERE that rows of each table of a query must meet. Rows that do not may be left out beforehand,
 * in outer joins as well: WHERE drops a row whose column is null.
 */
export function conditionsIn(query: Query): ReadonlyMap<TableRelation, readonly Condition[]> {
  const found = new Map<TableRelation, readonly Condition[]>();
  for (const select of selectsIn(query)) {
    const tables = select.from.flatMap(namedTables);
    for (const { table, qualifiers: all } of tables) {
      const others = tables.filter((other) => other.table !== table).flatMap((other) => other.qualifiers);
      const qualifiers = all.filter((names) => !others.some((other) => sameNames(names, other)));
      const isOnly = tables.length === 1 && select.from.length === 1 && tables[0]?.isWhole === true;
      const conditions = select.where === undefined ? [] : conditionsOn(select.where, qualifiers, isOnly);
      found.set(table, conditions);
    }
  }
  return found;
}

function selectsIn(node: unknown): readonly Select[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = 'kind' in node && node.kind === 'select' ? [node as Select] : [];
  return [...own, ...Object.values(node).flatMap(selectsIn)];
}

interface NamedTable {
  readonly table: TableRelation;
  readonly qualifiers: readonly (readonly string[])[];
  /** Whether nothing else stands in the item of FROM. */
  readonly isWhole: boolean;
}

function namedTables(relation: Relation): readonly NamedTable[] {
  switch (relation.kind) {
    case 'table': {
      const { parts } = relation.name;
      return [{ table: relation, qualifiers: parts.map((_, index) => parts.slice(index)), isWhole: true }];
    }
    case 'aliased': {
      // A list of column names gives the columns other names.
      if (relation.relation.kind !== 'table' || relation.columns.length > 0) return [];
      return [{ table: relation.relation, qualifiers: [[relation.alias.text]], isWhole: true }];
    }
    case 'join':
      return [relation.left, relation.right].flatMap(namedTables).map((named) => ({ ...named, isWhole: false }));
    default:
      return [];
  }
}

function conditionsOn(where: Expression, qualifiers: NamedTable['qualifiers'], isOnly: boolean): readonly Condition[] {
  const columnOf = (node: Expression): string | undefined => columnIn(node, qualifiers, isOnly);
  const compare = (node: Expression, operator: Condition['operator'], constants: readonly Expression[]) => {
    const column = columnOf(node);
    const values = constants.map(constantOf).filter((value) => value !== undefined);
    return column === undefined || values.length < constants.length ? [] : [{ column, operator, values }];
  };
  switch (where.kind) {
    case 'logical':
      return where.operator === 'and' ? where.terms.flatMap((term) => conditionsOn(term, qualifiers, isOnly)) : [];
    case 'comparison': {
      const { operator, left, right } = where;
      if (operator === '<>') return [];
      return columnOf(left) === undefined
        ? compare(right, MIRRORED[operator], [left])
        : compare(left, operator, [right]);
    }
    case 'between':
      return where.negated
        ? []
        : [...compare(where.value, '>=', [where.low]), ...compare(where.value, '<=', [where.high])];
    case 'in_list':
      return where.negated ? [] : compare(where.value, '=', where.list);
    default:
      return [];
  }
}

const MIRRORED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

function columnIn(node: Expression, qualifiers: NamedTable['qualifiers'], isOnly: boolean): string | undefined {
  if (node.kind === 'name') return isOnly ? node.name.toLowerCase() : undefined;
  if (node.kind !== 'field') return undefined;
  const path = pathOf(node.base);
  const isOfTable = qualifiers.some((names) => sameNames(names, path));
  return isOfTable ? node.name.toLowerCase() : undefined;
}

const sameNames = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name, index) => same(name, other[index] ?? ''));

function pathOf(node: Expression): readonly string[] {
  if (node.kind === 'name') return [node.name];
  return node.kind === 'field' ? [...pathOf(node.base), node.name] : [];
}

function constantOf(node: Expression): Constant | undefined {
  if (node.kind === 'sign') {
    const value = constantOf(node.value);
    return value?.type === 'number' && node.negative ? { type: 'number', text: `-${value.text}` } : undefined;
  }
  if (node.kind === 'literal' && (node.type === 'number' || node.type === 'string')) {
    return { type: node.type, text: node.value };
  }
  if (node.kind !== 'typed_literal') return undefined;
  const type = node.type.toLowerCase();
  return type === 'date' || type === 'timestamp' ? { type, text: node.value } : undefined;
}
