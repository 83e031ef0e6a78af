import { dayOf, dayText, weekdayOf } from '../time.ts';

/** Hours ahead of UTC in winter, and whose rule says when summer begins and ends. */
interface Zone {
  readonly winter: number;
  readonly rule: 'europe' | 'america' | 'none';
}

const ZONES: Readonly<Record<string, Zone>> = {
  'Europe/London': { winter: 0, rule: 'europe' },
  'Europe/Dublin': { winter: 0, rule: 'europe' },
  'Europe/Berlin': { winter: 1, rule: 'europe' },
  'Europe/Paris': { winter: 1, rule: 'europe' },
  'Europe/Madrid': { winter: 1, rule: 'europe' },
  'Europe/Rome': { winter: 1, rule: 'europe' },
  'Europe/Amsterdam': { winter: 1, rule: 'europe' },
  'America/New_York': { winter: -5, rule: 'america' },
  'America/Chicago': { winter: -6, rule: 'america' },
  'America/Los_Angeles': { winter: -8, rule: 'america' },
  'America/Toronto': { winter: -5, rule: 'america' },
  'America/Vancouver': { winter: -8, rule: 'america' },
  'Asia/Tokyo': { winter: 9, rule: 'none' },
};

/** The day of the nth Sunday of a month; 0 is the last of the month before. */
function sunday(year: number, month: number, nth: number): number {
  const first = dayOf(`${year}-${String(month).padStart(2, '0')}-01`);
  return first + ((7 - weekdayOf(first)) % 7) + 7 * (nth - 1);
}

function isSummer(rule: Zone['rule'], day: number): boolean {
  const year = Number(dayText(day).slice(0, 4));
  if (rule === 'europe') return day >= sunday(year, 4, 0) && day < sunday(year, 11, 0);
  return rule === 'america' && day >= sunday(year, 3, 2) && day < sunday(year, 11, 1);
}

/** Hours that a zone is ahead of UTC on a day; on days of change, as after it. */
export function utcOffset(timezone: string, day: number): number {
  const zone = ZONES[timezone];
  return zone === undefined ? 0 : zone.winter + (isSummer(zone.rule, day) ? 1 : 0);
}
