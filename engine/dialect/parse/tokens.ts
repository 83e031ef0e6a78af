import { placeOf, SqlError } from '../errors.ts';

export type TokenKind = 'word' | 'quoted' | 'string' | 'binary' | 'number' | 'operator' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; `<EOF>` for the end. */
  readonly text: string;
  /** Words in upper case, strings and quoted names without quotes. */
  readonly value: string;
  /** Offset of the first character. */
  readonly at: number;
  /** Offset after the last character. */
  readonly end: number;
}

const PATTERN = new RegExp(
  [
    String.raw`(?<space>\s+|--[^\n]*|/\*[\s\S]*?\*/)`,
    "(?<binary>[xX]'[^']*')",
    "(?<string>'(?:[^']|'')*')",
    '(?<quoted>"(?:[^"]|"")*")',
    String.raw`(?<number>(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)`,
    String.raw`(?<word>[A-Za-z_\p{L}][\w\p{L}@:]*)`,
    String.raw`(?<operator><>|!=|<=|>=|\|\||->|=>|[-+*/%=<>(),.;?[\]])`,
  ].join('|'),
  'uy',
);

const KINDS = ['binary', 'string', 'quoted', 'number', 'word', 'operator'] as const;

/** The words, literals and operators of a statement, comments left out; an `end` token closes the list. */
export function tokenize(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < sql.length) {
    PATTERN.lastIndex = offset;
    const groups = PATTERN.exec(sql)?.groups;
    if (groups === undefined) {
      throw unreadable(sql, offset);
    }
    const end = PATTERN.lastIndex;
    const kind = KINDS.find((name) => groups[name] !== undefined);
    if (kind !== undefined) {
      const text = sql.slice(offset, end);
      tokens.push({ kind, text, value: content(kind, text), at: offset, end });
    }
    offset = end;
  }
  tokens.push({ kind: 'end', text: '<EOF>', value: '<EOF>', at: sql.length, end: sql.length });
  return tokens;
}

function content(kind: TokenKind, text: string): string {
  switch (kind) {
    case 'word':
      return text.toUpperCase();
    case 'string':
      return text.slice(1, -1).replaceAll("''", "'");
    case 'quoted':
      return text.slice(1, -1).replaceAll('""', '"');
    case 'binary':
      return text.slice(2, -1).replaceAll(/\s/g, '');
    case 'number':
      return text.replaceAll('_', '');
    default:
      return text;
  }
}

function unreadable(sql: string, offset: number): SqlError {
  const place = placeOf(sql, offset);
  const character = String.fromCodePoint(sql.codePointAt(offset) ?? 0);
  if (character === '`') {
    const advice = 'backquoted identifiers are not supported; use double quotes to quote identifiers';
    return new SqlError('SYNTAX_ERROR', advice, place);
  }
  return new SqlError('SYNTAX_ERROR', `mismatched input '${character}'. Expecting: <expression>`, place);
}
