import { type Command, InvalidArgumentError } from 'commander';
import { TributaryError } from '../../../common/errors.ts';
import { contractOf, contracts } from '../../../events/contracts/index.ts';
import {
  DEFAULT_DEFECTS,
  DEFECTS,
  type Defect,
  type DefectRates,
  NO_DEFECTS,
} from '../../../events/generator/defects.ts';
import type { OutputOptions } from '../../../events/generator/output/manifest.ts';

/** What a user says about a synthetic retailer; the rest follows. */
export interface SyntheticInput {
  readonly scale: number;
  readonly days: number;
  readonly seed: number;
  readonly streamDays: number;
  readonly firstDay?: string;
  readonly sources?: readonly string[];
  readonly defects: DefectRates;
}

/** Last day of the period unless the first is said. */
const LAST_DAY = '2026-10-31';

export const SYNTHETIC_DEFAULTS: SyntheticInput = {
  scale: 1,
  days: 30,
  seed: 1,
  streamDays: 1,
  defects: DEFAULT_DEFECTS,
};

/** Adds the options of a synthetic retailer to a command. */
export function syntheticOptions(command: Command, defaults: SyntheticInput = SYNTHETIC_DEFAULTS): Command {
  return command
    .option('--scale <n>', 'size: 1 is 10,000 customers', positive, defaults.scale)
    .option('--days <n>', 'length of the period', wholeNumber(1, 3_660), defaults.days)
    .option('--seed <n>', 'another seed, another retailer', wholeNumber(0, 2 ** 32 - 1), defaults.seed)
    .option('--first-day <yyyy-mm-dd>', `first day of the period; by default it ends on ${LAST_DAY}`, day)
    .option('--stream-days <n>', 'last days that are streamed as events', wholeNumber(0, 3_660), defaults.streamDays)
    .option(
      '--defects <rates>',
      'none, default, or changes to the default: late=0.1,fraud=0',
      defects,
      DEFAULT_DEFECTS,
    );
}

/** Throws `bad_usage` where the options do not fit together. */
export function outputOptions(input: SyntheticInput): OutputOptions {
  const { scale, days, seed, streamDays, sources = [], defects: rates } = input;
  if (streamDays > days) {
    throw new TributaryError({ code: 'bad_usage', message: `--stream-days ${streamDays} is more than --days ${days}` });
  }
  const firstDay = input.firstDay ?? addDays(LAST_DAY, 1 - days);
  return { scale, days, seed, firstDay, defects: rates, streamDays, sources };
}

export function addDays(date: string, days: number): string {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0.01 && value <= 1_000)) {
    throw new InvalidArgumentError('It must be a number from 0.01 to 1000.');
  }
  return value;
}

export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };

function day(text: string): string {
  const at = new Date(`${text}T00:00:00Z`);
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError('It must be a day like 2026-10-02.');
}

/** Names of sources, separated by commas. */
export function sourceNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => contractOf(name) === undefined);
  if (unknown.length === 0) return names;
  const known = contracts.map(({ source }) => source).join(', ');
  throw new InvalidArgumentError(`There is no source ${unknown.join(', ')}. Choose among ${known}.`);
}

export function defects(text: string): DefectRates {
  if (text === 'none') return NO_DEFECTS;
  if (text === 'default') return DEFAULT_DEFECTS;
  const changes = text.split(',').map((part) => {
    const [, name = '', rate = ''] = /^([a-z_]+)=([\d.]+)$/.exec(part.trim()) ?? [];
    if (!isDefect(name))
      throw new InvalidArgumentError(`Give name=rate with a name of ${Object.keys(DEFECTS).join(', ')}.`);
    const value = Number(rate);
    if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError(`The rate of ${name} must be from 0 to 1.`);
    return [name, value] as const;
  });
  return { ...DEFAULT_DEFECTS, ...Object.fromEntries(changes) };
}

const isDefect = (name: string): name is Defect => Object.hasOwn(DEFECTS, name);
