import type { TributaryError } from '../../common/errors.ts';
import type { Call, Expression, Query, Select, SelectItem, SortItem, Window } from '../dialect/ast.ts';
import { given, groupingOperands, operandsOf } from '../dialect/walk.ts';
import { compileError } from './errors.ts';
import { columnsIn, textOf } from './expression-text.ts';
import { groupedValue, isAggregate, isGrouped } from './grouping.ts';
import { carriedBy, closure, type From, factsOfCondition, type Keyed, SINGLE_ROW, tellsApart } from './keys.ts';
import type { Statement } from './syntax.ts';

/** Window functions that give each of several rows that tie another value. */
const RANKING: ReadonlySet<string> = new Set(['row_number', 'ntile', 'lag', 'lead']);

/** Window functions that take the value of one row, which may be one of several that tie. */
const CHOOSING: ReadonlySet<string> = new Set(['first_value', 'last_value', 'nth_value']);

/** Functions to which the order of an array makes no difference. */
const ORDERLESS: ReadonlySet<string> = new Set(['array_sort', 'cardinality', 'array_max', 'array_min', 'contains']);

/** Functions that each engine computes in its own way. */
const APPROXIMATE: ReadonlySet<string> = new Set(['approx_distinct', 'approx_percentile']);

/** What of a query concerns the order of its SELECT's rows. */
export type Clauses = Pick<Query, 'orderBy' | 'limit' | 'offset'>;

/** Lists of output columns in which no two rows of a result that counts agree. */
interface OwnKeys {
  readonly own: readonly (readonly string[])[];
}

/**
 * The errors (`not_deterministic`) of a SELECT whose result may depend on which of several rows comes first, as far as
 * the keys of the relations do not tell them apart.
 */
export function tiesIn(
  select: Select,
  clauses: Clauses,
  from: From & OwnKeys,
  statement: Statement,
): readonly TributaryError[] {
  const ties = new Ties(select, clauses, from, statement);
  ties.find();
  return ties.found;
}

class Ties {
  readonly found: TributaryError[] = [];
  private readonly select: Select;
  private readonly clauses: Clauses;
  private readonly from: From & OwnKeys;
  private readonly statement: Statement;
  private readonly items: readonly Expression[];
  /** Texts of what is grouped by; undefined where rows are not grouped. */
  private readonly groups: readonly string[] | undefined;

  constructor(select: Select, clauses: Clauses, from: From & OwnKeys, statement: Statement) {
    this.select = select;
    this.clauses = clauses;
    this.from = from;
    this.statement = statement;
    this.items = select.items.flatMap((item) => (item.kind === 'expression' ? [item.value] : []));
    this.groups = isGrouped(select, clauses.orderBy)
      ? select.groupBy.flatMap(groupingOperands).map((value) => this.textOf(groupedValue(value, this.items)))
      : undefined;
  }

  find(): void {
    const { orderBy, limit, offset } = this.clauses;
    const values = [...this.items, ...given(this.select.having), ...orderBy.map(({ value }) => value)];
    for (const value of values) this.expression(value);
    if (limit !== undefined || offset !== undefined) this.limit(orderBy, limit ?? offset);
  }

  private expression(value: Expression, isOrderless = false): void {
    if (value.kind === 'call' && !(isOrderless && value.name === 'array_agg')) this.call(value);
    const forgetsOrder =
      value.kind === 'call' && ORDERLESS.has(value.name) && value.args.every(({ kind }) => kind !== 'lambda');
    for (const operand of operandsOf(value)) this.expression(operand, forgetsOrder);
  }

  private call(call: Call): void {
    const { name, over } = call;
    if (APPROXIMATE.has(name)) this.found.push(this.approximate(call));
    if (over === undefined) {
      this.aggregate(call, this.groups ?? []);
      return;
    }
    const window = this.wholeWindow(over);
    this.aggregate(
      call,
      window.partitionBy.flatMap((value) => this.orderTexts(value)),
    );
    this.window(call, window);
  }

  private window(call: Call, { partitionBy, orderBy, frame }: Window): void {
    const order = [...partitionBy, ...orderBy.map(({ value }) => value)];
    const known = closure(
      this.from,
      order.flatMap((value) => this.orderTexts(value)),
    );
    const byRows = frame?.unit === 'rows' && !isWhole(frame);
    const isRanking = RANKING.has(call.name) || byRows;
    if ((!isRanking && !CHOOSING.has(call.name)) || this.rowsApart(known)) return;
    const isDecided = this.areDecided(isRanking ? this.everything() : call.args, known);
    if (!isDecided) this.found.push(this.ties(call, 'the window of', known));
  }

  private aggregate(call: Call, groups: readonly string[]): void {
    const dependence = dependenceOf(call);
    if (dependence === undefined) return;
    const { order, chosen } = dependence;
    const facts = [...this.from.facts, ...factsOfCondition(call.filter, this.from.columnOf)];
    const known = closure({ facts }, [...groups, ...order.flatMap((value) => this.orderTexts(value))]);
    const isDecided = tellsApart(this.from, known) || this.areDecided(chosen, known);
    if (!isDecided) this.found.push(this.ties(call, 'the order of', known));
  }

  /** The rows that a limit leaves are the same if those that tie are told apart, or are equal in all columns. */
  private limit(orderBy: readonly SortItem[], count: Expression | undefined): void {
    const order = orderBy.map(({ value }) => this.sorted(value)).flatMap((value) => this.orderTexts(value));
    const known = closure(this.from, order);
    if (this.rowsApart(known) || this.areDecided(this.items, known)) return;
    this.found.push(this.refuse(count?.at ?? this.select.at, 'which rows a limit leaves is left to chance', known));
  }

  /** An ORDER BY item may name a column of the result, or give its position. */
  private sorted(value: Expression): Expression {
    const name = value.kind === 'name' ? value.name.toLowerCase() : undefined;
    const named = this.select.items.find(
      (item) => item.kind === 'expression' && item.alias?.text.toLowerCase() === name,
    );
    return named?.kind === 'expression' && name !== undefined ? named.value : groupedValue(value, this.items);
  }

  private rowsApart(known: ReadonlySet<string>): boolean {
    if (this.from.own.some((key) => key.every((name) => this.isKnown(name, known)))) return true;
    return this.groups === undefined ? tellsApart(this.from, known) : this.groups.every((text) => known.has(text));
  }

  /** Whether rows that agree in these columns agree in a column of the result. */
  private isKnown(name: string, known: ReadonlySet<string>): boolean {
    const item = this.select.items.find(
      (candidate) => candidate.kind === 'expression' && nameOfItem(candidate) === name,
    );
    return item?.kind === 'expression' && this.areDecided([item.value], known);
  }

  /** Whether rows that agree in these columns give equal values of the expressions. */
  private areDecided(values: readonly Expression[], known: ReadonlySet<string>): boolean {
    if (this.groups !== undefined && values.some((value) => hasAggregate(value))) return false;
    return values.every((value) => columnsIn(value, this.from.columnOf)?.every((column) => known.has(column)) ?? false);
  }

  private everything(): readonly Expression[] {
    return [...this.items, ...this.clauses.orderBy.map(({ value }) => value)];
  }

  /** What rows agree in if they tie in an expression: the expression itself, and the parts of a row. */
  private orderTexts(value: Expression): readonly string[] {
    return value.kind === 'row'
      ? value.values.flatMap((part) => this.orderTexts(part))
      : [this.textOf(carriedBy(value))];
  }

  private textOf(value: Expression): string {
    return textOf(value, this.from.columnOf);
  }

  private wholeWindow(window: Window): Window {
    const base = this.select.windows.find(({ name }) => name.text.toLowerCase() === window.base?.text.toLowerCase());
    if (base === undefined) return window;
    const whole = this.wholeWindow(base.window);
    return {
      ...window,
      partitionBy: whole.partitionBy,
      orderBy: [...whole.orderBy, ...window.orderBy],
      frame: window.frame ?? whole.frame,
    };
  }

  private ties({ name, at }: Call, what: string, known: ReadonlySet<string>): TributaryError {
    return this.refuse(at, `rows that tie in ${what} ${name} may come in any order`, known);
  }

  private refuse(at: number, message: string, known: ReadonlySet<string>): TributaryError {
    const { relations } = this.from;
    const alone = (relation: number): readonly Keyed[] =>
      relations.map((each, index) => (index === relation ? each : SINGLE_ROW));
    const missing = relations.flatMap(({ alias = 'a subquery', columns, keys: [key] }, relation) => {
      if (tellsApart({ relations: alone(relation) }, known)) return [];
      const names = key?.map((position) => columns[position]?.name).join(', ');
      return names === undefined ? `${alias} has no key that can be seen` : `a key of ${alias} is ${names}`;
    });
    const hint = missing.length === 0 ? '' : ` (${missing.join('; ')})`;
    const advice = `Let the order include what tells rows apart${hint}, or say in ties_because why ties change nothing.`;
    return compileError('not_deterministic', this.statement.placeOf(at), message, advice);
  }

  private approximate({ name, at }: Call): TributaryError {
    const advice =
      name === 'approx_distinct'
        ? 'Use count(distinct …).'
        : 'Choose by rank: max(x) where cume_dist() over (order by x) is at most the share.';
    return compileError(
      'not_deterministic',
      this.statement.placeOf(at),
      `${name} is another number on each engine`,
      advice,
    );
  }
}

/** By what an aggregate orders or chooses its rows, and what it takes of them; undefined where it takes all alike. */
function dependenceOf({
  name,
  args,
  orderBy,
}: Call): { readonly order: readonly Expression[]; readonly chosen: readonly Expression[] } | undefined {
  const [first, second] = args;
  switch (name) {
    case 'array_agg':
    case 'listagg':
    case 'multimap_agg':
      return { order: orderBy.map(({ value }) => value), chosen: args };
    case 'map_agg':
      return { order: given(first), chosen: given(second) };
    case 'max_by':
    case 'min_by':
      return { order: given(second), chosen: given(first) };
    case 'arbitrary':
      return { order: [], chosen: args };
    default:
      return undefined;
  }
}

const nameOfItem = ({ value, alias }: Extract<SelectItem, { kind: 'expression' }>): string =>
  (alias?.text ?? (value.kind === 'name' || value.kind === 'field' ? value.name : '')).toLowerCase();

const hasAggregate = (value: Expression): boolean =>
  (value.kind === 'call' && isAggregate(value)) || operandsOf(value).some(hasAggregate);

const isWhole = ({ start, end }: NonNullable<Window['frame']>): boolean =>
  start.kind === 'unbounded preceding' && end?.kind === 'unbounded following';
