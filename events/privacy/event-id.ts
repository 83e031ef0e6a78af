/** Shorter values are in an id by chance. */
const LEAST_LENGTH = 4;

/** Whether the id that a producer gave an event says what its record keeps secret. */
export function mentions(id: string, values: readonly (string | null | undefined)[]): boolean {
  if (id.includes('@')) return true;
  const lower = id.toLowerCase();
  return values.some((value) => value && value.length >= LEAST_LENGTH && lower.includes(value.toLowerCase()));
}
