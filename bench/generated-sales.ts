import { once } from 'node:events';
import { crc32, createDeflateRaw } from 'node:zlib';

/** Lines of sales that are all of one length, so that any part of a file of any size can be made without the rest. */

const COLUMNS =
  'transaction_id,line_number,store_id,customer_id,product_id,quantity,unit_price,discount_amount,total_amount,currency,channel,order_status,transaction_at,updated_at';
const HEADER = Buffer.from(`${COLUMNS}\n`);
const two = (value: number): string => String(value).padStart(2, '0');

/** Values of a line, in the order of the columns. */
function values(at: number): readonly (string | number)[] {
  const quantity = 1 + (at % 9);
  const price = 1 + (at % 89);
  const time = `2026-10-${two(1 + (at % 28))}T${two(at % 24)}:${two(at % 60)}:${two((at * 7) % 60)}Z`;
  return [
    `t-${String(Math.floor(at / 4)).padStart(10, '0')}`,
    1 + (at % 4),
    `store-${two(at % 50)}`,
    `c-${String((at * 7919) % 100_000).padStart(6, '0')}`,
    `p-${String((at * 104_729) % 5000).padStart(5, '0')}`,
    quantity,
    `${two(price)}.50`,
    '0.00',
    `${String(quantity * price).padStart(4, '0')}.00`,
    'GBP',
    at % 3 === 0 ? 'in_store' : 'online  ',
    'delivered',
    time,
    time,
  ];
}

const line = (at: number): string => `${values(at).join(',')}\n`;
const LINE_BYTES = Buffer.byteLength(line(0));
/** Lines made at once. */
const BLOCK = 2000;

/** A CSV file of so many lines. */
export const csvBytes = (lines: number): number => HEADER.length + lines * LINE_BYTES;

export const linesWithin = (bytes: number): number => Math.floor((bytes - HEADER.length) / LINE_BYTES);

/** The bytes of such a file from `start` on. */
export async function* csvStream(lines: number, start: number): AsyncGenerator<Buffer> {
  if (start < HEADER.length) yield HEADER.subarray(start);
  const skipped = Math.max(0, start - HEADER.length);
  let within = skipped % LINE_BYTES;
  for (let at = Math.floor(skipped / LINE_BYTES); at < lines; at += BLOCK) {
    const count = Math.min(BLOCK, lines - at);
    const block = Buffer.from(Array.from({ length: count }, (_, offset) => line(at + offset)).join(''), 'latin1');
    yield within > 0 ? block.subarray(within) : block;
    within = 0;
  }
}

const cell = (value: string | number): string =>
  typeof value === 'number' ? `<c><v>${value}</v></c>` : `<c t="inlineStr"><is><t>${value}</t></is></c>`;
const row = (cells: readonly (string | number)[]): string => `<row>${cells.map(cell).join('')}</row>`;

function* sheet(lines: number): Generator<Buffer> {
  yield Buffer.from(`<worksheet><sheetData>${row(COLUMNS.split(','))}`);
  for (let at = 0; at < lines; at += BLOCK) {
    const count = Math.min(BLOCK, lines - at);
    yield Buffer.from(Array.from({ length: count }, (_, offset) => row(values(at + offset))).join(''), 'latin1');
  }
  yield Buffer.from('</sheetData></worksheet>');
}

const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const relation = (kind: string, target: string): string =>
  `<Relationships><Relationship Id="rId1" Type="${OFFICE}/${kind}" Target="${target}"/></Relationships>`;

/** The same lines as an Excel file; its packed bytes are held in memory. */
export async function excelFile(lines: number): Promise<Buffer> {
  const parts: Record<string, Iterable<Buffer>> = {
    '_rels/.rels': [Buffer.from(relation('officeDocument', 'xl/workbook.xml'))],
    'xl/workbook.xml': [
      Buffer.from(`<workbook xmlns:r="${OFFICE}"><sheets><sheet name="Sales" r:id="rId1"/></sheets></workbook>`),
    ],
    'xl/_rels/workbook.xml.rels': [Buffer.from(relation('worksheet', 'worksheets/sheet1.xml'))],
    'xl/worksheets/sheet1.xml': sheet(lines),
  };
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(parts)) {
    const { packed, crc, bytes } = await deflated(content);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt32LE(crc, 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(bytes, 18);
    shared.writeUInt16LE(name.length, 22);
    const end = Buffer.alloc(14);
    end.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, Buffer.from(name), packed]);
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, end, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

async function deflated(content: Iterable<Buffer>) {
  const deflate = createDeflateRaw({ level: 1 });
  const packed: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => packed.push(chunk));
  let crc = 0;
  let bytes = 0;
  for (const chunk of content) {
    crc = crc32(chunk, crc);
    bytes += chunk.length;
    if (!deflate.write(chunk)) await once(deflate, 'drain');
  }
  const ended = once(deflate, 'end');
  deflate.end();
  await ended;
  return { packed: Buffer.concat(packed), crc, bytes };
}
