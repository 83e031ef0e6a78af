/** The words of a table that is written as text. */
export const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** The items of a table that is written as text, separated by bars. */
export const items = (text: string): readonly string[] =>
  text
    .trim()
    .split('|')
    .map((item) => item.trim());
