import { readXml } from './xml.ts';

/** Built-in formats that show a day; times of day and durations stay numbers. */
const BUILT_IN_DATES: readonly (readonly [first: number, last: number])[] = [
  [14, 17],
  [22, 22],
  [27, 31],
  [36, 36],
  [50, 54],
  [57, 58],
];

/** What a format shows as it stands: quoted text, escaped characters, colours, conditions and durations. */
const LITERALS = /"[^"]*"|\\.|_.|\*.|\[[^\]]*\]/g;
/** A format that shows years, days or names of months. */
const DATE = /[yd]|mmm/i;

/** Whether a number format shows a day. */
export function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined) return BUILT_IN_DATES.some(([first, last]) => id >= first && id <= last);
  return DATE.test(code.replaceAll(LITERALS, '').replaceAll(/general/gi, ''));
}

/** Whether numbers of each cell style are dates, by the style's index. */
export async function dateStyles(bytes: AsyncIterable<Uint8Array>): Promise<readonly boolean[]> {
  const codes = new Map<number, string>();
  const styles: boolean[] = [];
  let isWithinCellStyles = false;
  await readXml(bytes, {
    open: (name, attributes) => {
      if (name === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      if (name === 'cellXfs') isWithinCellStyles = true;
      if (name === 'xf' && isWithinCellStyles) {
        const id = Number(attributes.numFmtId ?? 0);
        styles.push(isDateFormat(id, codes.get(id)));
      }
    },
    close: (name) => {
      if (name === 'cellXfs') isWithinCellStyles = false;
    },
  });
  return styles;
}
