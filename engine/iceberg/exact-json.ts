declare global {
  interface JSON {
    rawJSON(text: string): object;
  }
}

/** Parses JSON; an integer beyond 2^53, such as another writer's snapshot id, becomes a bigint and keeps its digits. */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
      ? BigInt(context?.source ?? '')
      : value,
  );
}

/** Writes what `parseExactJson` read: bigints as plain numbers. */
export const stringifyExactJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? JSON.rawJSON(part.toString()) : part));
