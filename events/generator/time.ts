/** Days are counted from 1970-01-01, instants in milliseconds, both in UTC. */
export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;

export const dayOf = (text: string): number => Math.floor(Date.parse(`${text}T00:00:00Z`) / DAY_MS);

const dayTexts = new Map<number, string>();

/** `yyyy-mm-dd`. */
export function dayText(day: number): string {
  let text = dayTexts.get(day);
  if (text === undefined) {
    text = new Date(day * DAY_MS).toISOString().slice(0, 10);
    dayTexts.set(day, text);
  }
  return text;
}

const TWO = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));
const THREE = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, '0'));

/** `yyyy-mm-ddThh:mm:ss.mmmZ`. */
export function instantText(instant: number): string {
  const day = Math.floor(instant / DAY_MS);
  const rest = Math.floor(instant) - day * DAY_MS;
  const seconds = Math.floor(rest / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return `${dayText(day)}T${TWO[hours]}:${TWO[minutes - hours * 60]}:${TWO[seconds - minutes * 60]}.${THREE[rest - seconds * 1000]}Z`;
}

/** 0 is Sunday. */
export const weekdayOf = (day: number): number => (day + 4) % 7;

/** Day of the month, from 1. */
export const dayOfMonth = (day: number): number => Number(dayText(day).slice(8));

/** Part of the year that has passed, from 0 to 1. */
export function yearFraction(day: number): number {
  const year = Number(dayText(day).slice(0, 4));
  return (day - dayOf(`${year}-01-01`)) / 365.25;
}

/** The last millisecond of an instant's day. */
export const endOfDay = (instant: number): number => (Math.floor(instant / DAY_MS) + 1) * DAY_MS - 1;
