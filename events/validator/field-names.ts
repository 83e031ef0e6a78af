import type { Contract } from '../contracts/contract.ts';

/** What is left of a name without case, blanks and punctuation: `Invoice No`, `InvoiceNo` and `invoice_no` are the same. */
export const comparableName = (name: string): string =>
  name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '') || name.trim();

/** The field that a column or key stands for, and how well their names agree: lower is better. */
export interface FieldMatch {
  /** Of the field, in the contract's order. */
  readonly index: number;
  readonly rank: number;
}

/** Finds the field that a name stands for. */
export type FieldFinder = (name: string) => FieldMatch | undefined;

/** Producers may send any number of other names; only so many are remembered. */
const REMEMBERED_NAMES = 10_000;

/**
 * Finds fields by their own name, then by alias, then by either without regard to case, blanks and punctuation. Names
 * are looked up again and again, so answers are remembered.
 */
export function fieldFinder(contract: Contract): FieldFinder {
  const matches = new Map<string, FieldMatch | undefined>();
  const comparable = new Map<string, FieldMatch>();
  for (const [index, [name, { aliases = [] }]] of Object.entries(contract.fields).entries()) {
    const names = [name, ...aliases];
    for (const [at, candidate] of names.entries()) {
      matches.set(candidate, { index, rank: at });
      const key = comparableName(candidate);
      if (!comparable.has(key)) comparable.set(key, { index, rank: names.length + at });
    }
  }
  return (name) => {
    const known = matches.get(name);
    if (known !== undefined || matches.has(name)) return known;
    const found = comparable.get(comparableName(name));
    if (matches.size < REMEMBERED_NAMES) matches.set(name, found);
    return found;
  };
}
