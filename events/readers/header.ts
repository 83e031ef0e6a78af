/** The names of a file's columns: without blanks around them, `column_<n>` where there is none. */
export const headerNames = (cells: readonly string[]): readonly string[] =>
  cells.map((cell, at) => cell.trim() || `column_${at + 1}`);
