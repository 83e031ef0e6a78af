import { Dialect, parse, tokenize, validate } from '@polyglot-sql/sdk';
import { compileError, type Place } from './errors.ts';

/** A node of the syntax tree: one key, its kind, over its payload. */
export type Node = Readonly<Record<string, unknown>>;

export interface Token {
  readonly text: string;
  readonly isString: boolean;
  readonly isQuoted: boolean;
  /** Offsets in code points, the end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** A SELECT of a model or of a check, with the means to say where in the file something is. */
export interface Statement {
  readonly sql: string;
  /** File and line in which it begins. */
  readonly origin: Place;
  readonly root: Node;
  readonly tokens: readonly Token[];
  /** Place of an offset (code points) or of a node of this statement. */
  placeOf(target: number | unknown): Place;
}

/**
 * Parses one SELECT in Athena's dialect. `origin` is the file and the line in which it begins, at the first column.
 * Throws `sql_error` with file, line and column.
 */
export function parseStatement(sql: string, origin: Place): Statement {
  const locate = locator(sql, origin);
  const parsed = parse(sql, Dialect.Trino);
  if (!parsed.success) {
    const place = parsed.errorStart === undefined ? origin : locate(parsed.errorStart);
    throw compileError('sql_error', place, withoutPlace(parsed.error ?? 'not a statement'));
  }
  const statements: readonly Node[] = Array.isArray(parsed.ast) ? parsed.ast : [];
  const [root, second] = statements;
  if (root === undefined) throw compileError('sql_error', origin, 'there is no SELECT after the header');
  if (second !== undefined) {
    throw compileError('sql_error', origin, 'more than one statement', 'A model is one SELECT: remove the others.');
  }
  if (!QUERIES.has(kindOf(root))) {
    throw compileError('sql_error', origin, `a ${kindOf(root)} statement is not a SELECT`, 'A model is one SELECT.');
  }
  return {
    sql,
    origin,
    root,
    tokens: tokensOf(sql),
    placeOf: (target) => locate(typeof target === 'number' ? target : (firstOffset(target) ?? 0)),
  };
}

/** Throws `sql_error` for what the forgiving parser lets pass: trailing commas, columns that are not grouped … */
export function refuseMistakes({ sql, tokens, placeOf }: Statement): void {
  const options = { strictSyntax: true, semantic: !usesGroupingSets(tokens) };
  const mistake = validate(sql, Dialect.Trino, options).errors.find(({ severity }) => severity === 'error');
  if (mistake === undefined) return;
  const { message, start, line = 1, column = 1 } = mistake;
  throw compileError('sql_error', placeOf(start ?? offsetOf(sql, line, column)), message);
}

/** Offset of the character before a line and column; the validator gives the end of what is wrong. */
function offsetOf(sql: string, line: number, column: number): number {
  const before = sql.split('\n').slice(0, line - 1);
  return [...before.join('\n')].length + Math.min(before.length, 1) + Math.max(0, column - 2);
}

/** Node kinds that are queries in themselves. */
export const QUERIES: ReadonlySet<string> = new Set(['select', 'union', 'intersect', 'except', 'values', 'subquery']);

export const kindOf = (node: Node): string => Object.keys(node)[0] ?? '';

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The payload of a node: the object below its kind. */
export function payloadOf(node: Node): Node {
  const payload = Object.values(node)[0];
  return isNode(payload) ? payload : {};
}

/** The nodes in a property that holds an array. */
export function nodesIn(node: Node, property: string): readonly Node[] {
  const value = node[property];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The node in a property, if there is one. */
export function nodeIn(node: Node, property: string): Node | undefined {
  const value = node[property];
  return isNode(value) ? value : undefined;
}

/** The identifier in a property, folded to lower case as Athena does. */
export function nameIn(node: Node, property: string): string | undefined {
  const name = nodeIn(node, property)?.name;
  return typeof name === 'string' ? name.toLowerCase() : undefined;
}

/** The validator takes every column of a grouping set for ungrouped. */
const usesGroupingSets = (tokens: readonly Token[]): boolean =>
  tokens.some(({ text }) => ['grouping', 'rollup', 'cube'].includes(text.toLowerCase()));

function tokensOf(sql: string): readonly Token[] {
  const source = [...sql];
  return (tokenize(sql, Dialect.Trino).tokens ?? []).map(({ text, span }) => ({
    text,
    isString: source[span.start] === "'",
    isQuoted: source[span.start] === '"',
    start: span.start,
    end: span.end,
  }));
}

/** Smallest offset of any identifier in the node, where an error about it is best shown. */
function firstOffset(value: unknown): number | undefined {
  if (Array.isArray(value)) return smallest(value.map(firstOffset));
  if (!isNode(value)) return undefined;
  const own = isNode(value.span) && typeof value.span.start === 'number' ? value.span.start : undefined;
  return smallest([own, ...Object.values(value).map(firstOffset)]);
}

function smallest(offsets: readonly (number | undefined)[]): number | undefined {
  const known = offsets.filter((offset) => offset !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function locator(sql: string, { file, line }: Place): (offset: number) => Place {
  const characters = [...sql];
  return (offset) => {
    const before = characters.slice(0, offset).join('').split('\n');
    return { file, line: line + before.length - 1, column: [...(before.at(-1) ?? '')].length + 1 };
  };
}

/** The parser's message without its own line numbers, which count from the SELECT and not from the file. */
const withoutPlace = (message: string): string => message.replace(/^.*?error at line \d+, column \d+: /i, '');
