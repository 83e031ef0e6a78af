import type { Call, Expression } from '../ast.ts';
import type { AggregateCall, Spelling, TargetName } from '../targets/target.ts';
import type { Context } from '../translate/context.ts';
import type { Operand } from '../translate/scope.ts';
import { ANY, isInteger, isInterval, isNumeric, isText, type SqlType } from '../types.ts';
import { fill, spell } from './template.ts';

/** One use of a function, its arguments translated. */
export interface CallSite {
  readonly call: Call;
  /** A lambda's place holds an operand that means nothing; see `lambda`. */
  readonly args: readonly Operand[];
  readonly context: Context;
  /**
   * The lambda at an argument's place, given its parameters' types; with `bindings`, its body alone, with those texts
   * in the parameters' places.
   */
  lambda(index: number, parameters: readonly SqlType[], bindings?: readonly string[]): Operand;
  /** An aggregate's or window function's text with DISTINCT, ORDER BY, FILTER and OVER as the call has them. */
  modified(name: string, args: readonly string[]): string;
  /** The same in parts, for what no single function of the target does. */
  readonly modifiers: Omit<AggregateCall, 'name' | 'args'>;
  /** The value of an argument that must be a string literal. */
  constant(index: number): string;
  arg(index: number): Operand;
}

/** What one use of a function becomes. */
export type Translation = (site: CallSite) => Operand;
export type FunctionKind = 'scalar' | 'aggregate' | 'window';

/** One signature of a function. */
export interface FunctionForm {
  readonly name: string;
  readonly kind: FunctionKind;
  readonly signature: string;
  readonly parameters: readonly string[];
  /** Whether the last parameter may repeat. */
  readonly variadic: boolean;
  readonly translate: Translation;
}

/** Types that a parameter takes, by the word that signatures use. */
const ACCEPTS: Readonly<Record<string, (type: SqlType) => boolean>> = {
  any: () => true,
  varchar: isText,
  varbinary: ({ kind }) => kind === 'varbinary',
  boolean: ({ kind }) => kind === 'boolean',
  integer: isInteger,
  bigint: isInteger,
  number: isNumeric,
  double: isNumeric,
  decimal: ({ kind }) => kind === 'decimal',
  date: ({ kind }) => kind === 'date',
  timestamp: ({ kind }) => kind === 'timestamp',
  datetime: ({ kind }) => kind === 'date' || kind === 'timestamp',
  interval: isInterval,
  array: ({ kind }) => kind === 'array',
  map: ({ kind }) => kind === 'map',
  json: ({ kind }) => kind === 'json',
  jsontext: (type) => type.kind === 'json' || isText(type),
};

/** Whether a form takes these arguments, lambdas among them. */
export function accepts(form: FunctionForm, args: readonly Operand[], nodes: readonly Expression[]): boolean {
  const { parameters, variadic } = form;
  if (variadic ? args.length < parameters.length - 1 : args.length !== parameters.length) {
    return false;
  }
  return args.every(({ type }, index) => {
    const word = parameters[Math.min(index, parameters.length - 1)] ?? 'any';
    const isLambda = nodes[index]?.kind === 'lambda';
    if (word === 'function' || isLambda) {
      return word === 'function' && isLambda;
    }
    return type.kind === 'any' || type.kind === 'null' || (ACCEPTS[word]?.(type) ?? false);
  });
}

/**
 * Functions by signature: `'lpad(varchar, bigint, varchar)'`; a last parameter with `...` may repeat or be left out.
 */
export function functions(kind: FunctionKind, table: Readonly<Record<string, Translation>>): readonly FunctionForm[] {
  return Object.entries(table).map(([signature, translate]) => {
    const [name = '', list = ''] = signature.replace(/\)$/, '').split('(');
    const parameters = list === '' ? [] : list.split(', ').map((word) => word.replace('...', ''));
    return { name, kind, signature, parameters, variadic: signature.endsWith('...)'), translate };
  });
}

type Returns = SqlType | ((args: readonly Operand[]) => SqlType);

const typeFrom = (returns: Returns, args: readonly Operand[]): SqlType =>
  typeof returns === 'function' ? returns(args) : returns;

/** The type of an argument, as a function's result. */
export const like =
  (index: number): ((args: readonly Operand[]) => SqlType) =>
  (args) =>
    args[index]?.type ?? { kind: 'any' };

/** A translation by template; see `fill`. */
export function to(returns: Returns, spelling: Spelling): Translation {
  return (site) => ({ sql: fill(spell(site, spelling), site.args, site.context), type: typeFrom(returns, site.args) });
}

/** A translation for each target, where they have little in common. */
export const byTarget =
  (translations: Readonly<Record<TargetName, Translation>>): Translation =>
  (site) =>
    translations[site.context.target.name](site);

/** An aggregate or window function of the target under its own name, over all or the first few of the arguments. */
export function modified(returns: Returns, name: Spelling, count?: number): Translation {
  return (site) => {
    const args = site.args.slice(0, count).map(({ sql }) => sql);
    return { sql: site.modified(spell(site, name), args), type: typeFrom(returns, site.args) };
  };
}

/** Element type of an array, as far as it is known. */
export const elementOf = (type: SqlType | undefined): SqlType => (type?.kind === 'array' ? type.element : ANY);

export const mapKey = (type: SqlType | undefined): SqlType => (type?.kind === 'map' ? type.key : ANY);
export const mapValue = (type: SqlType | undefined): SqlType => (type?.kind === 'map' ? type.value : ANY);
