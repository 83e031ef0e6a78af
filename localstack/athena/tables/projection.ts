/** Values of the partition columns of one folder, by column name. */
export type PartitionValues = Readonly<Record<string, string>>;

type Parameters = Readonly<Record<string, string>>;

/** Whether a value is one that a table's `projection.<column>.*` parameters allow. */
type Rule = (value: string) => boolean;

export const isProjected = (parameters: Parameters): boolean =>
  parameters['projection.enabled']?.toLowerCase() === 'true';

/**
 * The partition values of an object's address, or undefined where partition projection would not look for it. The
 * values are checked instead of enumerated: a projection may stand for millions of folders, of which few exist.
 */
export function projectedPartition(
  parameters: Parameters,
  location: string,
  columns: readonly string[],
  now: Date,
): (uri: string) => PartitionValues | undefined {
  const root = location.endsWith('/') ? location : `${location}/`;
  const template =
    parameters['storage.location.template'] ?? root + columns.map((name) => `${name}=\${${name}}/`).join('');
  const { pattern, names } = templatePattern(template.endsWith('/') ? template : `${template}/`);
  const rules = new Map(columns.map((name) => [name, ruleOf(parameters, name, now)]));
  return (uri) => {
    const match = pattern.exec(uri);
    if (match === null) return undefined;
    const values = Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')]));
    const isAllowed = columns.every((name) => rules.get(name)?.(values[name] ?? '') ?? false);
    return isAllowed ? values : undefined;
  };
}

function templatePattern(template: string): { pattern: RegExp; names: readonly string[] } {
  const names: string[] = [];
  const source = template.split(/(\$\{[^}]+\})/).map((part) => {
    const name = /^\$\{([^}]+)\}$/.exec(part)?.[1];
    if (name === undefined) return escaped(part);
    names.push(name.toLowerCase());
    return '(.+?)';
  });
  return { pattern: new RegExp(`^${source.join('')}`), names };
}

function ruleOf(parameters: Parameters, column: string, now: Date): Rule {
  const property = (name: string): string | undefined => parameters[`projection.${column}.${name}`];
  const [from = '', to = ''] = (property('range') ?? '').split(',').map((bound) => bound.trim());
  switch (property('type')?.toLowerCase()) {
    case 'enum': {
      const values = new Set((property('values') ?? '').split(',').map((value) => value.trim()));
      return (value) => values.has(value);
    }
    case 'integer': {
      const digits = Number(property('digits') ?? 0);
      const [low, high, step] = [Number(from), Number(to), Number(property('interval') ?? 1)];
      return (value) =>
        /^-?\d+$/.test(value) &&
        value === padded(Number(value), digits) &&
        Number(value) >= low &&
        Number(value) <= high &&
        (Number(value) - low) % step === 0;
    }
    case 'date': {
      const parse = dateParser(property('format') ?? 'yyyy-MM-dd');
      const [low, high] = [dateBound(from, parse, now), dateBound(to, parse, now)];
      return (value) => {
        const time = parse(value);
        return time !== undefined && low !== undefined && high !== undefined && time >= low && time <= high;
      };
    }
    default:
      // `injected`: the query names the values, and any may exist.
      return () => true;
  }
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const padded = (value: number, digits: number): string =>
  `${value < 0 ? '-' : ''}${String(Math.abs(value)).padStart(digits, '0')}`;

const FIELDS = ['y', 'M', 'd', 'H', 'm', 's'] as const;

/** Reads times by a Java pattern such as `yyyy/MM/dd/HH`, in milliseconds UTC; undefined for other text. */
export function dateParser(format: string): (text: string) => number | undefined {
  const order: string[] = [];
  const source = [...format.matchAll(/'([^']*)'|([yMdHms])\2*|[^yMdHms']+/g)].map(([run, quoted, letter]) => {
    if (letter === undefined) return escaped(quoted ?? run);
    order.push(letter);
    return `(\\d{${run.length}})`;
  });
  const pattern = new RegExp(`^${source.join('')}$`);
  return (text) => {
    const match = pattern.exec(text);
    if (match === null) return undefined;
    const [year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0] = FIELDS.map((field) => {
      const index = order.indexOf(field);
      return index < 0 ? undefined : Number(match[index + 1]);
    });
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
}

const UNITS: Readonly<Record<string, (date: Date, count: number) => void>> = {
  YEAR: (date, count) => date.setUTCFullYear(date.getUTCFullYear() + count),
  MONTH: (date, count) => date.setUTCMonth(date.getUTCMonth() + count),
  WEEK: (date, count) => date.setUTCDate(date.getUTCDate() + 7 * count),
  DAY: (date, count) => date.setUTCDate(date.getUTCDate() + count),
  HOUR: (date, count) => date.setUTCHours(date.getUTCHours() + count),
  MINUTE: (date, count) => date.setUTCMinutes(date.getUTCMinutes() + count),
  SECOND: (date, count) => date.setUTCSeconds(date.getUTCSeconds() + count),
};

/** A bound of a date range: a date, or `NOW`, `NOW-3YEARS`, `NOW+1DAYS-2HOURS`. */
function dateBound(text: string, parse: (text: string) => number | undefined, now: Date): number | undefined {
  if (!text.toUpperCase().startsWith('NOW')) return parse(text);
  const date = new Date(now);
  for (const [, sign, count, unit] of text.matchAll(/([+-])\s*(\d+)\s*([A-Za-z]+?)S?(?=[+-]|\s*$)/g)) {
    UNITS[(unit ?? '').toUpperCase()]?.(date, sign === '-' ? -Number(count) : Number(count));
  }
  return date.getTime();
}
