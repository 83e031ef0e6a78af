export interface LayoutColumn {
  readonly name: string;
  /** Numbers stand to the right. */
  readonly isNumber?: boolean;
}

/** A table for a terminal: columns padded to their widest cell, a rule below the names. */
export function layOut(columns: readonly LayoutColumn[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ name }, i) => rows.reduce((w, row) => Math.max(w, row[i]?.length ?? 0), name.length));
  const line = (cells: readonly string[]) =>
    cells
      .map((text, i) => pad(text, widths[i], columns[i]))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [line(columns.map(({ name }) => name)), rule, ...rows.map(line), ''].join('\n');
}

const pad = (text: string, width = 0, column?: LayoutColumn): string =>
  column?.isNumber ? text.padStart(width) : text.padEnd(width);
