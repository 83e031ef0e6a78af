/** A string literal; `${` would be taken for a variable. */
export const text = (value: string): string =>
  `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('${', '$\\{')}'`;

/** A regular expression's literal text. */
export const escapedRegex = (value: string): string => value.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&');
