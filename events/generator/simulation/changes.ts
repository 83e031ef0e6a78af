import { STREAM } from '../random/random.ts';
import type { Retailer } from './retailer.ts';

export type Change = 'moved' | 'consent' | 'tier' | 'login';

const KINDS: readonly Change[] = ['moved', 'consent', 'tier', 'login', 'login'];
const CHANGES_PER_DAY = 0.003;

interface PlannedChange {
  readonly day: number;
  readonly change: Change;
}

/** The one change in a person's data that the period brings, if it does. */
export function changeOf(retailer: Retailer, person: number): PlannedChange | undefined {
  const { options, firstDay } = retailer;
  const random = retailer.draws.at(STREAM.change, person);
  if (!random.chance(Math.min(0.6, CHANGES_PER_DAY * options.days))) return undefined;
  return { day: firstDay + 1 + random.below(options.days), change: random.pick(KINDS) };
}

/** Whether a change has happened by now. */
export function hasChanged(retailer: Retailer, person: number, change: Change): boolean {
  const planned = changeOf(retailer, person);
  return planned !== undefined && planned.change === change && planned.day <= retailer.day;
}

export const hasMoved = (retailer: Retailer, person: number): boolean => hasChanged(retailer, person, 'moved');
