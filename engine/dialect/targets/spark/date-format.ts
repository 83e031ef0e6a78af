import { text } from './text.ts';

/** Letters of Java's patterns by the specifiers of C's strftime. */
const JAVA: Readonly<Record<string, string>> = {
  a: 'EEE',
  A: 'EEEE',
  b: 'MMM',
  B: 'MMMM',
  d: 'dd',
  '-d': 'd',
  f: 'SSSSSS',
  g: 'SSS',
  H: 'HH',
  '-H': 'H',
  I: 'hh',
  '-I': 'h',
  j: 'DDD',
  '-j': 'D',
  m: 'MM',
  '-m': 'M',
  M: 'mm',
  '-M': 'm',
  p: 'a',
  S: 'ss',
  '-S': 's',
  y: 'yy',
  Y: 'yyyy',
};

/** What Spark's patterns cannot say, as an expression over the time `$`. */
const EXPRESSIONS: Readonly<Record<string, string>> = {
  G: 'cast(extract(yearofweek from $) as string)',
  V: "lpad(cast(weekofyear($) as string), 2, '0')",
  u: 'cast(weekday($) + 1 as string)',
};

/** Specifiers of numbers that are read with as many digits as stand there. */
const NUMBERS = new Set(['d', '-d', 'H', '-H', 'I', '-I', 'm', '-m', 'M', '-M', 'S', '-S']);

const PIECE = /%(-?[A-Za-z%])|[^%]+/g;

/** A time without zone as text, by a format of strftime. Throws a RangeError on what Spark cannot write. */
export function formatted(time: string, format: string): string {
  const parts: string[] = [];
  let pattern = '';
  const flush = (): void => {
    if (pattern !== '') {
      parts.push(`date_format(${time}, ${text(pattern)})`);
    }
    pattern = '';
  };
  for (const [piece, specifier] of format.matchAll(PIECE)) {
    const expression = EXPRESSIONS[specifier ?? ''];
    if (expression === undefined) {
      pattern += specifier === undefined ? literal(piece) : letters(specifier);
    } else {
      flush();
      parts.push(expression.replace('$', time));
    }
  }
  flush();
  return parts.length === 1 ? (parts[0] ?? '') : `concat(${parts.join(', ')})`;
}

/** Java's pattern to read a time by a format of strftime. Throws a RangeError on what Spark cannot read. */
export function parsePattern(format: string): string {
  const pieces = [...format.matchAll(PIECE)];
  return pieces
    .map(([piece, specifier], index) => {
      if (specifier === undefined) {
        return literal(piece);
      }
      if (['a', 'A', 'g', 'G', 'V', 'u'].includes(specifier) && specifier !== 'g') {
        throw new RangeError(`%${specifier} cannot be read by every engine`);
      }
      const isNextToDigits = pieces[index - 1]?.[1] !== undefined || pieces[index + 1]?.[1] !== undefined;
      return NUMBERS.has(specifier) && !isNextToDigits ? letters(specifier).slice(0, 1) : letters(specifier);
    })
    .join('');
}

function letters(specifier: string): string {
  if (specifier === '%') {
    return '%';
  }
  const found = JAVA[specifier];
  if (found === undefined) {
    throw new RangeError(`%${specifier} cannot be written by every engine`);
  }
  return found;
}

const literal = (piece: string): string =>
  /^[^A-Za-z'[\]{}#]*$/.test(piece) ? piece : `'${piece.replaceAll("'", "''")}'`;
