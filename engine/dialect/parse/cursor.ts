import type { Name } from '../ast.ts';
import { type Place, placeOf, SqlError } from '../errors.ts';
import { type Token, tokenize } from './tokens.ts';

/** Words that cannot name anything unless quoted (Trino's list). */
const RESERVED = new Set(
  `ALTER AND AS BETWEEN BY CASE CAST CONSTRAINT CREATE CROSS CUBE CURRENT_CATALOG CURRENT_DATE CURRENT_PATH CURRENT_ROLE
   CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DEALLOCATE DELETE DESCRIBE DISTINCT DROP ELSE END ESCAPE
   EXCEPT EXECUTE EXISTS EXTRACT FALSE FOR FROM FULL GROUP GROUPING HAVING IN INNER INSERT INTERSECT INTO IS JOIN LEFT
   LIKE LISTAGG LOCALTIME LOCALTIMESTAMP NATURAL NORMALIZE NOT NULL ON OR ORDER OUTER PREPARE RECURSIVE RIGHT ROLLUP
   SELECT SKIP TABLE THEN TRIM TRUE UESCAPE UNION UNNEST USING VALUES WHEN WHERE WITH`.split(/\s+/),
);

/** Unreserved words that begin a clause, so that they are no alias where an alias may stand without AS. */
const CLAUSES = new Set(['LIMIT', 'OFFSET', 'FETCH', 'WINDOW', 'TABLESAMPLE', 'MATCH_RECOGNIZE']);

/** Reads tokens from left to right; what it cannot read becomes Trino's `mismatched input`. */
export class Cursor {
  readonly sql: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #parameters = 0;

  constructor(sql: string) {
    this.sql = sql;
    this.#tokens = tokenize(sql);
  }

  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)];
    if (token === undefined) {
      throw new Error('a token list ends with an end token');
    }
    return token;
  }

  take(): Token {
    const token = this.peek();
    this.#next += 1;
    return token;
  }

  /** Whether the next tokens are these words or operators. */
  at(...expected: readonly string[]): boolean {
    for (let ahead = 0; ahead < expected.length; ahead += 1) {
      if (symbolOf(this.peek(ahead)) !== expected[ahead]) {
        return false;
      }
    }
    return true;
  }

  /** Takes the words or operators if they come next. */
  accept(...expected: readonly string[]): boolean {
    const found = this.at(...expected);
    if (found) {
      this.#next += expected.length;
    }
    return found;
  }

  /** Takes one of the words if it comes next. */
  acceptOneOf<W extends string>(...words: readonly W[]): W | undefined {
    const symbol = symbolOf(this.peek());
    const word = words.find((candidate) => candidate === symbol);
    if (word !== undefined) {
      this.#next += 1;
    }
    return word;
  }

  expect(...expected: readonly string[]): Token {
    const first = this.peek();
    for (const value of expected) {
      if (!this.accept(value)) {
        throw this.mismatch(`'${value}'`);
      }
    }
    return first;
  }

  isName(ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'quoted' || (token.kind === 'word' && !RESERVED.has(token.value));
  }

  /** Whether an alias without AS comes next. */
  isImplicitAlias(): boolean {
    return this.isName() && !CLAUSES.has(this.peek().value);
  }

  name(): Name {
    if (!this.isName()) {
      throw this.mismatch('<identifier>');
    }
    const token = this.take();
    return { text: token.kind === 'quoted' ? token.value : token.text, at: token.at };
  }

  /** One or more of an item, separated by commas. */
  list<T>(item: () => T): readonly T[] {
    const items = [item()];
    while (this.accept(',')) {
      items.push(item());
    }
    return items;
  }

  /** `(a, b, …)`, possibly empty. */
  parenthesised<T>(item: () => T): readonly T[] {
    this.expect('(');
    if (this.accept(')')) {
      return [];
    }
    const items = this.list(item);
    this.expect(')');
    return items;
  }

  /** Tries to read; on failure nothing was read. */
  attempt<T>(read: () => T | undefined): T | undefined {
    const [next, parameters] = [this.#next, this.#parameters];
    try {
      const result = read();
      if (result !== undefined) {
        return result;
      }
    } catch (error) {
      if (!(error instanceof SqlError)) {
        throw error;
      }
    }
    this.#next = next;
    this.#parameters = parameters;
    return undefined;
  }

  /** Ordinal of the next `?`, from 0. */
  parameter(): number {
    this.#parameters += 1;
    return this.#parameters - 1;
  }

  get parameterCount(): number {
    return this.#parameters;
  }

  /** Semicolons may end a statement, nothing may follow. */
  expectEnd(expected = '<EOF>'): void {
    while (this.accept(';')) {
      // A trailing semicolon means nothing.
    }
    if (this.peek().kind !== 'end') {
      throw this.mismatch(expected);
    }
  }

  mismatch(expected: string): SqlError {
    const token = this.peek();
    return this.error(`mismatched input '${token.text}'. Expecting: ${expected}`, token.at);
  }

  error(detail: string, at: number): SqlError {
    return new SqlError('SYNTAX_ERROR', detail, this.place(at));
  }

  place(at: number): Place {
    return placeOf(this.sql, at);
  }
}

/** A word in upper case or an operator; undefined for names in quotes and literals, which mean neither. */
const symbolOf = ({ kind, value }: Token): string | undefined =>
  kind === 'word' || kind === 'operator' ? value : undefined;
