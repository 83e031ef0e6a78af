/** Elements that PostgreSQL writes without quotes end at one of these. */
const END_BRACE = '}';

/**
 * JSON of an array as PostgreSQL writes it, such as `{1,NULL,"a \"b\"",{…}}`.
 *
 * @param encode JSON of an element that is not null
 * @param delimiter between elements; a semicolon for the type box
 */
export function arrayJson(text: string, encode: (element: string) => string, delimiter = ','): string {
  // Arrays that do not begin at 1 have their bounds in front: [0:2]={…}
  let at = text.startsWith('[') ? text.indexOf('=') + 1 : 0;

  const quoted = (): string => {
    const parts: string[] = [];
    let from = ++at;
    for (; at < text.length && text[at] !== '"'; at++) {
      if (text[at] !== '\\') continue;
      parts.push(text.slice(from, at));
      from = ++at;
    }
    parts.push(text.slice(from, at++));
    return encode(parts.join(''));
  };

  const bare = (): string => {
    const from = at;
    while (at < text.length && text[at] !== delimiter && text[at] !== END_BRACE) at++;
    const element = text.slice(from, at);
    return element === 'NULL' ? 'null' : encode(element);
  };

  const element = (): string => {
    if (text[at] === '{') return array();
    return text[at] === '"' ? quoted() : bare();
  };

  const array = (): string => {
    const elements: string[] = [];
    at++;
    while (at < text.length && text[at] !== END_BRACE) {
      elements.push(element());
      if (text[at] === delimiter) at++;
    }
    at++;
    return `[${elements.join(',')}]`;
  };

  return array();
}
