/** Characters that XML cannot have, as Excel writes them: `_x000D_`. */
const ESCAPED = /_x([0-9A-Fa-f]{4})_/g;

export const unescaped = (text: string): string =>
  text.includes('_x')
    ? text.replaceAll(ESCAPED, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text;

/** Gathers the text of a cell or shared string: of all its runs, but not how it is pronounced. */
export function cellText() {
  let gathered = '';
  let isText = false;
  let isPhonetic = false;
  return {
    clear: () => {
      gathered = '';
    },
    open: (name: string) => {
      if (name === 't') isText = true;
      else if (name === 'rPh') isPhonetic = true;
    },
    close: (name: string) => {
      if (name === 't') isText = false;
      else if (name === 'rPh') isPhonetic = false;
    },
    add: (piece: string) => {
      if (isText && !isPhonetic) gathered += piece;
    },
    value: () => unescaped(gathered),
  };
}
