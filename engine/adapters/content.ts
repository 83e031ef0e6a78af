/** Content of a file or partition without rows. */
export const EMPTY_CONTENT = '0-0';

/** The content of so many rows: their number and the sum of their hashes, so that neither order nor files matter. */
export const contentOf = (rows: number, sum: bigint): string => `${rows}-${sum.toString(16)}`;

/** The content of all rows of several contents. */
export function addContents(one: string, other: string): string {
  const [[oneRows, oneSum], [otherRows, otherSum]] = [parse(one), parse(other)];
  return contentOf(oneRows + otherRows, oneSum + otherSum);
}

function parse(content: string): readonly [rows: number, sum: bigint] {
  const [rows = '0', sum = '0'] = content.split('-');
  return [Number(rows), BigInt(`0x${sum}`)];
}
