import { TributaryError } from '../../common/errors.ts';

/** Takes a text apart that shows a time in some format; the ISO 8601 form of it, or undefined when it shows none. */
export type TimeFormat = (text: string) => string | undefined;

type Part = 'year' | 'month' | 'monthName' | 'day' | 'hour' | 'halfDayHour' | 'minute' | 'second' | 'fraction' | 'half';

/** What the letters of a format stand for, as Unicode's date patterns have them; longer ones first. */
const PARTS: readonly (readonly [letters: string, part: Part, pattern: string])[] = [
  ['yyyy', 'year', '\\d{4}'],
  ['MMM', 'monthName', '[A-Za-z]{3}'],
  ['MM', 'month', '\\d{2}'],
  ['M', 'month', '\\d{1,2}'],
  ['dd', 'day', '\\d{2}'],
  ['d', 'day', '\\d{1,2}'],
  ['HH', 'hour', '\\d{2}'],
  ['H', 'hour', '\\d{1,2}'],
  ['hh', 'halfDayHour', '\\d{2}'],
  ['h', 'halfDayHour', '\\d{1,2}'],
  ['mm', 'minute', '\\d{2}'],
  ['ss', 'second', '\\d{2}'],
  ['SSS', 'fraction', '\\d{1,6}'],
  ['a', 'half', '[AaPp][Mm]'],
];
const LETTERS = new RegExp(PARTS.map(([letters]) => letters).join('|'), 'g');
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * A format such as `dd/MM/yyyy HH:mm` or `d MMM yyyy`. Whether the day exists is for the reader of the ISO form to say.
 * Throws `bad_time_format` when it names no year, month and day.
 */
export function timeFormat(format: string): TimeFormat {
  const parts: Part[] = [];
  const source = format.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll(LETTERS, (found) => {
    const [, part, pattern] = PARTS.find(([letters]) => letters === found) ?? ['', 'year', ''];
    parts.push(part);
    return `(${pattern})`;
  });
  const isComplete = parts.includes('year') && parts.includes('day') && parts.some((part) => part.startsWith('month'));
  if (!isComplete || parts.includes('halfDayHour') !== parts.includes('half')) {
    throw new TributaryError({
      code: 'bad_time_format',
      message: `the format ${JSON.stringify(format)} does not tell year, month and day, or not which half of the day`,
      advice: 'use yyyy, MM, M or MMM, dd or d, HH or H (or hh or h with a), mm, ss, SSS',
    });
  }
  const expression = new RegExp(`^${source}$`);
  return (text) => {
    const match = expression.exec(text);
    return match ? isoOf(new Map(parts.map((part, at) => [part, match[at + 1] ?? '']))) : undefined;
  };
}

const two = (value: number | string): string => String(value).padStart(2, '0');

function isoOf(parts: ReadonlyMap<Part, string>): string | undefined {
  const name = parts.get('monthName')?.toLowerCase();
  const month = name === undefined ? parts.get('month') : MONTHS.indexOf(name) + 1;
  const hour = hourOf(parts);
  if (hour === undefined) return undefined;
  const time = `${two(hour)}:${parts.get('minute') ?? '00'}:${parts.get('second') ?? '00'}`;
  const fraction = parts.get('fraction');
  const day = two(parts.get('day') ?? '');
  return `${parts.get('year')}-${two(month ?? '')}-${day}T${time}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** By a clock of 24 hours; undefined for an hour that a clock of twelve does not have. */
function hourOf(parts: ReadonlyMap<Part, string>): number | undefined {
  const half = parts.get('half');
  if (half === undefined) return Number(parts.get('hour') ?? 0);
  const hour = Number(parts.get('halfDayHour'));
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}
