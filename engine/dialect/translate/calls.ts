import type { Call, Expression, SortItem, Window } from '../ast.ts';
import { formsOf, UNTRANSLATED } from '../functions/index.ts';
import { accepts, type CallSite, type FunctionForm } from '../functions/signature.ts';
import type { AggregateCall } from '../targets/target.ts';
import { BIGINT, type SqlType, TIMESTAMP, typeName } from '../types.ts';
import { type Context, requireConstruct } from './context.ts';
import { translateExpression } from './expressions.ts';
import { type Operand, Scope } from './scope.ts';

const LAMBDA: Operand = { sql: '', type: { kind: 'any' } };

/** A function call: the form that takes the arguments' types, or Trino's complaint. */
export function translateCall(call: Call, scope: Scope, outer: Context): Operand {
  if (call.name === 'grouping') {
    const args = call.args.map((arg) => translateExpression(arg, scope, outer).sql);
    return { sql: outer.target.grouping(args), type: BIGINT };
  }
  const context = call.name === 'try' ? { ...outer, trying: true } : outer;
  const args = call.args.map((arg) => (arg.kind === 'lambda' ? LAMBDA : translateExpression(arg, scope, context)));
  const form = formFor(call, args, context);
  checkModifiers(call, form, context);
  return form.translate(new Site(call, args, scope, context));
}

function formFor(call: Call, args: readonly Operand[], context: Context): FunctionForm {
  const forms = formsOf(call.name);
  const form = forms.find((candidate) => accepts(candidate, args, call.args));
  if (form !== undefined) {
    return form;
  }
  if (UNTRANSLATED.has(call.name)) {
    const detail = `Function '${call.name}' is outside the subset of Athena SQL that runs on every engine`;
    throw context.fail('NOT_SUPPORTED', detail, call.at);
  }
  if (forms.length === 0) {
    throw context.fail('FUNCTION_NOT_FOUND', `Function '${call.name}' not registered`, call.at);
  }
  const given = args.map(({ type }, index) => (call.args[index]?.kind === 'lambda' ? 'function' : typeName(type)));
  const expected = forms.map(({ signature }) => signature).join(', ');
  const detail = `Unexpected parameters (${given.join(', ')}) for function ${call.name}. Expected: ${expected}`;
  throw context.fail('FUNCTION_NOT_FOUND', detail, call.at);
}

function checkModifiers(call: Call, { kind, name }: FunctionForm, context: Context): void {
  if (kind === 'scalar' && (call.over !== undefined || call.filter !== undefined || call.distinct)) {
    throw context.fail(
      'FUNCTION_NOT_FOUND',
      `Function '${name}' is neither an aggregate nor a window function`,
      call.at,
    );
  }
  if (call.over !== undefined && call.filter !== undefined) {
    throw context.fail('NOT_SUPPORTED', 'FILTER is not yet supported for window functions', call.at);
  }
  if (kind === 'window' && call.over === undefined) {
    const detail = `Window function system.builtin.${name} requires an OVER clause`;
    throw context.fail('MISSING_OVER', detail, call.at);
  }
}

class Site implements CallSite {
  readonly call: Call;
  readonly args: readonly Operand[];
  readonly context: Context;
  readonly #scope: Scope;

  constructor(call: Call, args: readonly Operand[], scope: Scope, context: Context) {
    this.call = call;
    this.args = args;
    this.context = context;
    this.#scope = scope;
  }

  arg(index: number): Operand {
    const arg = this.args[index];
    if (arg === undefined) {
      throw new Error(`${this.call.name} has no argument ${index}`);
    }
    return arg;
  }

  constant(index: number): string {
    const node = this.call.args[index];
    if (node?.kind === 'literal' && node.type === 'string') {
      return node.value;
    }
    const detail = `Argument ${index + 1} of ${this.call.name} must be a string literal`;
    throw this.context.fail('NOT_SUPPORTED', detail, node?.at ?? this.call.at);
  }

  lambda(index: number, parameters: readonly SqlType[], bindings?: readonly string[]): Operand {
    const node = this.call.args[index];
    if (node?.kind !== 'lambda' || node.parameters.length !== parameters.length) {
      const detail = `Expected a lambda that takes ${parameters.length} argument(s)`;
      throw this.context.fail('INVALID_ARGUMENTS', detail, node?.at ?? this.call.at);
    }
    const { target } = this.context;
    const names = bindings ?? node.parameters.map((name) => target.quoted(this.context.unique(name)));
    const columns = node.parameters.map((name, position) => ({
      name,
      sql: names[position] ?? target.quoted(name),
      type: parameters[position] ?? LAMBDA.type,
    }));
    const scope = new Scope([{ qualifiers: [], columns, alias: '', open: false }], this.#scope);
    const body = translateExpression(node.body, scope, this.context);
    return bindings === undefined ? { sql: target.lambda(names, body.sql), type: body.type } : body;
  }

  modified(name: string, args: readonly string[]): string {
    return this.context.target.aggregate({ ...this.modifiers, name, args }, this.context);
  }

  get modifiers(): Omit<AggregateCall, 'name' | 'args'> {
    const { distinct, orderBy, filter, ignoreNulls, over } = this.call;
    const written = (node: Expression): string => translateExpression(node, this.#scope, this.context).sql;
    return {
      distinct,
      ignoreNulls,
      orderBy: orderBy.map((item) => ({ ...item, sql: written(item.value) })),
      filter: filter && written(filter),
      over: over && windowText(over, this.#scope, this.context),
    };
  }
}

const list = (nodes: readonly Expression[], scope: Scope, context: Context): string =>
  nodes.map((node) => translateExpression(node, scope, context).sql).join(', ');

/** Trino puts nulls last in both directions unless told otherwise. */
export const sortDirection = ({ descending, nullsFirst }: SortItem): string =>
  `${descending ? ' desc' : ''} nulls ${nullsFirst ? 'first' : 'last'}`;

/** A window as it stands after OVER or in a WINDOW clause. */
export function windowText(window: Window, scope: Scope, context: Context): string {
  const { base, partitionBy, orderBy, frame } = context.target.namesWindows ? window : spelledOut(window, context);
  if (base !== undefined && partitionBy.length + orderBy.length === 0 && frame === undefined) {
    return context.target.quoted(base.text);
  }
  const parts = [
    base === undefined ? '' : context.target.quoted(base.text),
    partitionBy.length === 0 ? '' : `partition by ${list(partitionBy, scope, context)}`,
    orderBy.length === 0 ? '' : `order by ${windowOrder(orderBy, frame, scope, context)}`,
    frame === undefined ? '' : frameText(frame, scope, context),
  ];
  return `(${parts.filter((part) => part !== '').join(' ')})`;
}

/** Spark measures a range of time from a timestamp only, not from a date. */
function windowOrder(orderBy: readonly SortItem[], frame: Window['frame'], scope: Scope, context: Context): string {
  const typed = (node: Expression): Operand => translateExpression(node, scope, context);
  const bounds = frame?.unit === 'range' ? [frame.start, frame.end] : [];
  const isTime = bounds.some((bound) => bound?.value && typed(bound.value).type.kind === 'interval_day');
  return orderBy
    .map((item) => {
      const key = typed(item.value);
      const sql = isTime && key.type.kind === 'date' ? context.target.coerced(key, TIMESTAMP) : key.sql;
      return `${sql}${sortDirection(item)}`;
    })
    .join(', ');
}

/** A window with what the one that it extends says. */
function spelledOut(window: Window, context: Context): Window {
  const named = window.base && context.windows.get(window.base.text.toLowerCase());
  if (named === undefined) {
    return window;
  }
  const { partitionBy, orderBy, frame } = spelledOut(named, context);
  return {
    partitionBy,
    orderBy: window.orderBy.length > 0 ? window.orderBy : orderBy,
    ...((window.frame ?? frame) ? { frame: window.frame ?? frame } : {}),
  };
}

function frameText({ unit, start, end }: NonNullable<Window['frame']>, scope: Scope, context: Context): string {
  if (unit === 'groups') {
    requireConstruct('groups', context, start.value?.at ?? 0);
  }
  const bound = ({ kind, value }: typeof start): string =>
    value === undefined ? kind : `${translateExpression(value, scope, context).sql} ${kind}`;
  return end === undefined ? `${unit} ${bound(start)}` : `${unit} between ${bound(start)} and ${bound(end)}`;
}
