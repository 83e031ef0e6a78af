/** MySQL's specifiers, which `date_format` and `date_parse` use, as those of C's strftime. */
const MYSQL: Readonly<Record<string, string>> = {
  a: '%a',
  b: '%b',
  c: '%-m',
  d: '%d',
  e: '%-d',
  f: '%f',
  H: '%H',
  h: '%I',
  I: '%I',
  i: '%M',
  j: '%j',
  k: '%-H',
  l: '%-I',
  M: '%B',
  m: '%m',
  p: '%p',
  r: '%I:%M:%S %p',
  S: '%S',
  s: '%S',
  T: '%H:%M:%S',
  v: '%V',
  W: '%A',
  x: '%G',
  Y: '%Y',
  y: '%y',
  '%': '%%',
};

/** Specifiers that Trino refuses too. */
const UNSUPPORTED_MYSQL = new Set(['D', 'U', 'u', 'V', 'w', 'X']);

/** A MySQL date format as strftime's; throws on what Trino does not support. */
export function fromMySqlFormat(format: string): string {
  return format.replaceAll(/%(.)/g, (_, specifier: string) => {
    if (UNSUPPORTED_MYSQL.has(specifier)) {
      throw new RangeError(`%${specifier} not currently supported in date format string`);
    }
    return MYSQL[specifier] ?? specifier;
  });
}

/** Runs of pattern letters of Joda-Time, longest first where the length matters. */
const JODA: readonly (readonly [RegExp, string])[] = [
  [/^[yY]{2}$/, '%y'],
  [/^[yY]+$/, '%Y'],
  [/^x+$/, '%G'],
  [/^M{4,}$/, '%B'],
  [/^MMM$/, '%b'],
  [/^MM$/, '%m'],
  [/^M$/, '%-m'],
  [/^dd$/, '%d'],
  [/^d$/, '%-d'],
  [/^D{3}$/, '%j'],
  [/^D$/, '%-j'],
  [/^HH$/, '%H'],
  [/^H$/, '%-H'],
  [/^hh$/, '%I'],
  [/^h$/, '%-I'],
  [/^mm$/, '%M'],
  [/^m$/, '%-M'],
  [/^ss$/, '%S'],
  [/^s$/, '%-S'],
  [/^SSS$/, '%g'],
  [/^S{6}$/, '%f'],
  [/^a+$/, '%p'],
  [/^E{4,}$/, '%A'],
  [/^E{1,3}$/, '%a'],
  [/^e$/, '%u'],
  [/^ww$/, '%V'],
  [/^Z{1,2}$/, '%z'],
];

/** A Joda-Time pattern, which `format_datetime` and `parse_datetime` use, as strftime's format. */
export function fromJodaPattern(pattern: string): string {
  return pattern.replaceAll(
    /'((?:[^']|'')*)'|([A-Za-z])\2*|%/g,
    (run, quoted: string | undefined, letter: string | undefined) => {
      if (quoted !== undefined) {
        return (quoted === '' ? "'" : quoted.replaceAll("''", "'")).replaceAll('%', '%%');
      }
      if (letter === undefined) {
        return '%%';
      }
      const found = JODA.find(([letters]) => letters.test(run));
      if (found === undefined) {
        throw new RangeError(`Pattern '${run}' is not supported`);
      }
      return found[1];
    },
  );
}
