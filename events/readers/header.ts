import { comparableName } from '../validator/field-names.ts';
import { FileRefusal } from './refusal.ts';

/**
 * The names of a file's columns: without blanks around them, `column_<n>` where there is none.
 * Throws a `FileRefusal` when two are the same but for case, blanks and punctuation.
 */
export function headerNames(cells: readonly string[]): readonly string[] {
  const names = cells.map((cell, at) => cell.trim() || `column_${at + 1}`);
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(comparableName(name));
    if (other !== undefined) {
      const message = `two columns have the same name: ${JSON.stringify(other)} and ${JSON.stringify(name)}`;
      throw new FileRefusal('wrong_header', message);
    }
    seen.set(comparableName(name), name);
  }
  return names;
}
