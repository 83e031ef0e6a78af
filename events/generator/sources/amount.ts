/** Hundredths of a currency as the number that systems send. */
export const amount = (hundredths: number): number => hundredths / 100;

export const amountOrNull = (hundredths: number | null): number | null =>
  hundredths === null ? null : hundredths / 100;
