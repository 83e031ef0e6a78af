const NAME = /(?:"(?:[^"]|"")*"|[\w$]+)(?:\s*\.\s*(?:"(?:[^"]|"")*"|[\w$]+))*/y;

/** How many characters of a text the name takes that begins `at` there. */
export function nameLength(sql: string, at: number): number {
  NAME.lastIndex = at;
  return NAME.exec(sql)?.[0].length ?? 0;
}
