import type { Context } from '../../translate/context.ts';

/** Text that may be written twice: a column, a variable, a literal. */
const isSimple = (sql: string): boolean =>
  /^(`[^`]+`(\.`[^`]+`)*|-?[\d.]+(e-?\d+)?|'([^'\\]|\\.)*'|null|true|false)$/i.test(sql);

/**
 * A text that needs its values more than once. Spark has neither macros nor LET: a value that is no column or literal
 * becomes the parameter of a lambda over an array of one.
 */
export function bound(
  values: readonly string[],
  context: Context,
  write: (names: readonly string[]) => string,
): string {
  const names = values.map((sql) => (isSimple(sql) ? sql : `\`${context.unique('v')}\``));
  return values.reduceRight(
    (body, sql, index) => (names[index] === sql ? body : `transform(array(${sql}), ${names[index]} -> ${body})[0]`),
    write(names),
  );
}
