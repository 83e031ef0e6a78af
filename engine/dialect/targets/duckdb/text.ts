/** A string literal. */
export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
