import type { Expression, Query, QueryBody, Relation, Select, Window } from '../dialect/ast.ts';
import { given, operandsOf, queryOf } from '../dialect/walk.ts';
import type { PartitionUnit } from '../partitions.ts';
import { compileError } from './errors.ts';
import { conjuncts } from './expression-text.ts';
import { isGrouped } from './grouping.ts';
import {
  type Column,
  type DrivenInput,
  type Marks,
  marksOf,
  type Rows,
  renamed,
  together,
  withoutKeys,
  withoutMarks,
} from './marks.ts';
import type { Statement } from './syntax.ts';

export interface LocalityQuestion {
  readonly statement: Statement;
  /**
   * What a SELECT's rows are driven by: for a partitioned model the inputs that its partitions come from, for a merged
   * one its sources, without partition columns or keys.
   */
  readonly driven: ReadonlyMap<string, DrivenInput>;
  readonly unit: PartitionUnit | undefined;
  /** Ends sentences that begin with a part of the SELECT. */
  readonly why: string;
  readonly advice: string;
}

/**
 * Follows partition columns and keys through a SELECT, and refuses whatever makes a row depend on rows outside its
 * partition and its key. Returns the output columns. Throws `not_local` with file, line and column.
 */
export function followRows(question: LocalityQuestion): readonly Column[] {
  return new Locality(question).query(question.statement.query, new Map()).columns;
}

type Tables = ReadonlyMap<string, Rows>;
type Scope = readonly Rows[];

class Locality {
  private readonly question: LocalityQuestion;

  constructor(question: LocalityQuestion) {
    this.question = question;
  }

  query(query: Query, outer: Tables): Rows {
    const tables = new Map(outer);
    for (const { name, query: inner, columns } of query.with) {
      tables.set(name.text.toLowerCase(), renamed(this.query(inner, tables), columns));
    }
    const rows = this.body(query.body, tables);
    if (isDriven(rows) && (query.limit ?? query.offset) !== undefined) throw this.refuse(query.at, 'a limit');
    return rows;
  }

  private body(body: QueryBody, tables: Tables): Rows {
    switch (body.kind) {
      case 'select':
        return this.select(body, tables);
      case 'nested':
        return this.query(body.query, tables);
      case 'values':
        return UNDRIVEN;
      case 'set': {
        const rows = together(this.body(body.left, tables), this.body(body.right, tables));
        if ((body.operator === 'union' && !body.distinct) || !isDriven(rows)) return rows;
        return this.requireLocal(rows.columns, [rows], body.at, `this ${body.operator}`) ? rows : withoutKeys(rows);
      }
    }
  }

  private select(select: Select, tables: Tables): Rows {
    const scope = this.from(select, tables);
    const { items, where, having } = select;
    const values = items.flatMap((item) => (item.kind === 'expression' ? [item.value] : []));
    const { calls, queries } = partsOf([...values, ...given(where), ...given(having)]);
    for (const query of queries) this.requireUndriven(query, tables);
    const columns = items.flatMap((item) =>
      item.kind === 'expression'
        ? [{ name: nameOf(item.value, item.alias?.text), ...this.marks(item.value, scope) }]
        : [],
    );
    const rows = { alias: undefined, inputs: inputsOf(scope), columns };
    if (!isDriven(rows)) return rows;
    const byKey = [
      ...calls.flatMap((call) =>
        call.over === undefined ? [] : [this.requireLocalWindow(call, call.over, select, scope)],
      ),
      ...(isGrouped(select) ? [this.requireLocalGroups(select, values, scope)] : []),
      ...(select.distinct ? [this.requireLocal(columns, scope, select.at, 'distinct')] : []),
    ];
    return byKey.every(Boolean) ? rows : withoutKeys(rows);
  }

  /** The relations of FROM; those listed with commas meet on the conditions of WHERE. */
  private from({ from, where }: Select, tables: Tables): Scope {
    return from.reduce<Scope>((known, relation) => {
      const more = this.relation(relation, tables);
      return this.meet(known, more, { conditions: conjuncts(where), using: [], at: relation.at });
    }, []);
  }

  private requireLocalGroups(select: Select, values: readonly Expression[], scope: Scope): boolean {
    const grouped = select.groupBy.map((element) => {
      if (element.kind !== 'simple') throw this.refuse(select.at, 'a grouping set');
      const { value } = element;
      // A number in GROUP BY means the output column at that position.
      const output = value.kind === 'literal' && value.type === 'number' ? values[Number(value.value) - 1] : undefined;
      return this.marks(output ?? value, scope);
    });
    return this.requireLocal(grouped, scope, select.at, 'an aggregate');
  }

  private requireLocalWindow({ name, at }: Call, window: Window, select: Select, scope: Scope): boolean {
    const base = select.windows.find((named) => named.name.text.toLowerCase() === window.base?.text.toLowerCase());
    const whole = base === undefined ? window : { ...base.window, ...window, partitionBy: base.window.partitionBy };
    if (this.reachesBack(whole, scope)) return false;
    const columns = whole.partitionBy.map((value) => this.marks(value, scope));
    return this.requireLocal(columns, scope, at, `the window of ${name}`);
  }

  /** Whether a window's frame is a stretch of time that the lookback of all inputs covers. */
  private reachesBack({ frame, orderBy }: Window, scope: Scope): boolean {
    const [order, second] = orderBy;
    const { unit, driven } = this.question;
    if (unit === undefined || frame?.unit !== 'range' || order === undefined || second !== undefined) return false;
    const { start, end } = frame;
    const isToNow = start.kind === 'preceding' && (end === undefined || end.kind === 'current row');
    if (!isToNow || start.value?.kind !== 'interval' || order.descending) return false;
    const { value, from, negative, to } = start.value;
    const partitions = Math.ceil(Number(value) / (PER_PARTITION[unit][from] ?? 0));
    const isCovered = [...inputsOf(scope)].every((input) => partitions <= (driven.get(input)?.lookback ?? 0));
    return !negative && to === undefined && isCovered && this.marks(order.value, scope).isPartition;
  }

  private relation(relation: Relation, tables: Tables): Scope {
    switch (relation.kind) {
      case 'table':
        return [this.table(relation.name.parts, tables)];
      case 'query':
        return [this.query(relation.query, tables)];
      case 'unnest':
        return [UNDRIVEN];
      case 'sample':
        return this.relation(relation.relation, tables);
      case 'aliased':
        return this.relation(relation.relation, tables).map((rows) => ({
          ...renamed(rows, relation.columns),
          alias: relation.alias.text.toLowerCase(),
        }));
      case 'join':
        return this.join(relation, tables);
    }
  }

  private join({ type, left, right, on, using, at }: Join, tables: Tables): Scope {
    const [one, other] = [this.relation(left, tables), this.relation(right, tables)];
    for (const query of partsOf(given(on)).queries) this.requireUndriven(query, tables);
    const [keepsLeft, keepsRight] = [type === 'left' || type === 'full', type === 'right' || type === 'full'];
    const [isLeft, isRight] = [one.some(isDriven), other.some(isDriven)];
    // Which rows stay without a partner cannot be told from a part of the partners.
    if ((keepsLeft && isRight && !isLeft) || (keepsRight && isLeft && !isRight) || (type === 'full' && isLeft)) {
      throw this.refuse(at, `a ${type} join of rows that may have no partner`);
    }
    const names = using.map(({ text }) => text.toLowerCase());
    const met = this.meet(one, other, { conditions: conjuncts(on), using: names, at });
    // Rows without a partner have nulls for it, which name no partition and no key.
    return met.map((rows, index) => ((index < one.length ? keepsRight : keepsLeft) ? withoutMarks(rows) : rows));
  }

  /** Relations side by side. Two driven ones must agree in their partitions, or in their keys. */
  private meet(left: Scope, right: Scope, { conditions, using, at }: Meeting): Scope {
    if (!left.some(isDriven) || !right.some(isDriven)) return [...left, ...right];
    const equal = conditions.flatMap((condition): [Expression, Expression][] =>
      condition.kind === 'comparison' && condition.operator === '=' ? [[condition.left, condition.right]] : [],
    );
    const shared = using.map((name): [Expression, Expression] => [
      { kind: 'name', name, at },
      { kind: 'name', name, at },
    ]);
    const pairs = [...equal, ...equal.map(([one, other]): [Expression, Expression] => [other, one]), ...shared].map(
      ([one, other]) => [this.marks(one, left), this.marks(other, right)] as const,
    );
    const sameKeys = pairs.filter(([one, other]) =>
      [...one.keys.values()].some((position) => [...other.keys.values()].includes(position)),
    );
    const isSameKey =
      this.coversKeys(
        sameKeys.map(([one]) => one),
        left,
      ) &&
      this.coversKeys(
        sameKeys.map(([, other]) => other),
        right,
      );
    if (isSameKey) return [...left, ...right];
    if (!pairs.some(([one, other]) => one.isPartition && other.isPartition)) throw this.refuse(at, 'a join');
    return [...left, ...right].map(withoutKeys);
  }

  private table(parts: readonly string[], tables: Tables): Rows {
    const name = parts.slice(-2).join('.').toLowerCase();
    const alias = parts.at(-1)?.toLowerCase();
    const cte = parts.length === 1 ? tables.get(name) : undefined;
    if (cte !== undefined) return { ...cte, alias };
    const input = this.question.driven.get(name);
    if (input === undefined) return { ...UNDRIVEN, alias };
    const columns = [...new Set([...(input.column === undefined ? [] : [input.column]), ...input.key])];
    return {
      alias,
      inputs: new Set([name]),
      columns: columns.map((column) => {
        const position = input.key.indexOf(column);
        return {
          name: column,
          isPartition: column === input.column,
          keys: new Map(position < 0 ? [] : [[name, position] as const]),
        };
      }),
    };
  }

  private requireUndriven(query: Query, tables: Tables): void {
    const [input] = this.query(query, tables).inputs;
    if (input !== undefined) throw this.refuse(query.at, `a subquery over ${input}`);
  }

  /**
   * Refuses a step in which rows of several partitions and keys come together. False where those of one partition do:
   * the result then depends on more than its key.
   */
  private requireLocal(columns: readonly Marks[], scope: Scope, at: number, what: string): boolean {
    if (this.coversKeys(columns, scope)) return true;
    if (columns.some(({ isPartition }) => isPartition)) return false;
    throw this.refuse(at, what);
  }

  private coversKeys(columns: readonly Marks[], scope: Scope): boolean {
    return [...inputsOf(scope)].every((input) => {
      const key = this.question.driven.get(input)?.key ?? [];
      return key.length > 0 && key.every((_name, position) => columns.some(({ keys }) => keys.get(input) === position));
    });
  }

  private marks(value: Expression, scope: Scope): Marks {
    const { isPartition, keys } = marksOf(value, scope, this.question.unit);
    return { isPartition, keys };
  }

  private refuse(at: number, what: string) {
    const { statement, why, advice } = this.question;
    return compileError('not_local', statement.placeOf(at), `${what} ${why}`, advice);
  }
}

interface Meeting {
  readonly conditions: readonly Expression[];
  readonly using: readonly string[];
  readonly at: number;
}

type Join = Extract<Relation, { kind: 'join' }>;
type Call = Extract<Expression, { kind: 'call' }>;

const UNDRIVEN: Rows = { alias: undefined, inputs: new Set(), columns: [] };

/** How many of a unit of time, at least, lie between a moment and the partition so many before. */
const PER_PARTITION: Readonly<Record<PartitionUnit, Readonly<Record<string, number>>>> = {
  day: { second: 86_400, minute: 1440, hour: 24, day: 1, month: 1 / 31, year: 1 / 366 },
  month: { second: 28 * 86_400, minute: 28 * 1440, hour: 28 * 24, day: 28, month: 1, year: 1 / 12 },
};

const isDriven = ({ inputs }: Rows): boolean => inputs.size > 0;

const inputsOf = (scope: Scope): ReadonlySet<string> => new Set(scope.flatMap(({ inputs }) => [...inputs]));

function nameOf(value: Expression, alias: string | undefined): string {
  const name = alias ?? (value.kind === 'name' || value.kind === 'field' ? value.name : '');
  return name.toLowerCase();
}

interface Parts {
  readonly calls: readonly Call[];
  readonly queries: readonly Query[];
}

/** Function calls and subqueries anywhere in expressions; what is inside a subquery is left out. */
function partsOf(values: readonly Expression[]): Parts {
  const inner = values.map((value): Parts => {
    const { calls, queries } = partsOf(operandsOf(value));
    const query = queryOf(value);
    return {
      calls: value.kind === 'call' ? [value, ...calls] : calls,
      queries: query === undefined ? queries : [...queries, query],
    };
  });
  return { calls: inner.flatMap(({ calls }) => calls), queries: inner.flatMap(({ queries }) => queries) };
}
