import type { Extraction } from './extraction.ts';
import type { Moment } from './version.ts';

const padded = (number: number): string => number.toString().padStart(4, '0');

/**
 * Key of one file of a pull in the landing bucket. It follows from where the pull begins and how many there were
 * before: whoever repeats an interrupted pull writes over the same files, and no pull writes over those of another.
 *
 * @param from the first version asked for; null for all
 */
export function landingKey(
  { source, name }: Pick<Extraction, 'source' | 'name'>,
  { from, pulls, part }: { readonly from: Moment | null; readonly pulls: number; readonly part: number },
): string {
  const begin = from === null ? 'all' : from.replaceAll(/[-:]/g, '');
  return `${source}/extract/${name}/${begin}-${padded(pulls)}-${padded(part)}.ndjson.gz`;
}
