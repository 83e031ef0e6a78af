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

type Kind = Exclude<TokenKind, 'end'> | 'space';

const PATTERNS: Readonly<Record<Kind, RegExp>> = {
  space: /(?:\s|--[^\n]*|\/\*[\s\S]*?\*\/)+/y,
  binary: /[xX]'[^']*'/y,
  string: /'(?:[^']|'')*'/y,
  quoted: /"(?:[^"]|"")*"/y,
  number: /(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y,
  word: /[A-Za-z_\p{L}][\w\p{L}@:]*/uy,
  operator: /<>|!=|<=|>=|\|\||->|=>|[-+*/%=<>(),.;?[\]]/y,
};

/** The words, literals and operators of a statement, comments left out; an `end` token closes the list. */
export function tokenize(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < sql.length) {
    const at = offset;
    const kind = kindsAt(sql, at).find((candidate) => {
      const pattern = PATTERNS[candidate];
      pattern.lastIndex = at;
      const matches = pattern.test(sql);
      if (matches) offset = pattern.lastIndex;
      return matches;
    });
    if (kind === undefined) {
      throw unreadable(sql, at);
    }
    if (kind !== 'space') {
      const text = sql.slice(at, offset);
      tokens.push({ kind, text, value: content(kind, text), at, end: offset });
    }
  }
  tokens.push({ kind: 'end', text: '<EOF>', value: '<EOF>', at: sql.length, end: sql.length });
  return tokens;
}

/** What may begin with the character at an offset, in the order in which it is tried. */
function kindsAt(sql: string, offset: number): readonly Kind[] {
  const character = sql.charAt(offset);
  const isLetter =
    (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') || character === '_';
  if (isLetter) {
    return character === 'x' || character === 'X' ? ['binary', 'word'] : ['word'];
  }
  if (character <= ' ') {
    return ['space'];
  }
  if (character >= '0' && character <= '9') {
    return ['number'];
  }
  switch (character) {
    case "'":
      return ['string'];
    case '"':
      return ['quoted'];
    case '.':
      return ['number', 'operator'];
    case '-':
    case '/':
      return ['space', 'operator'];
    default:
      return character < '\u0080' ? ['operator'] : ['space', 'word'];
  }
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
