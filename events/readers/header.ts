import { comparableName } from '../validator/field-names.ts';
import { FileRefusal } from './refusal.ts';

/**
 * The names of a file's columns: without blanks around them, `column_<n>` where there is none.
 * Throws a `FileRefusal` when two are the same but for case, blanks and punctuation.
 */
export function headerNames(cells: readonly string[]): readonly string[] {
  const names = cells.map((cell, at) => cell.trim() || `column_${at + 1}`);
  const seen = new Map<string, number>();
  for (const [at, name] of names.entries()) {
    const other = seen.get(comparableName(name));
    // By their places: a file without a header has a record there, which may be personal.
    if (other !== undefined) {
      throw new FileRefusal('wrong_header', `columns ${other + 1} and ${at + 1} have the same name`);
    }
    seen.set(comparableName(name), at);
  }
  return names;
}
