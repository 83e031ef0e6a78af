import { comparableName } from '../../validator/field-names.ts';
import type { RandomAccess } from '../parquet.ts';
import { FileRefusal } from '../refusal.ts';
import { dateStyles } from './styles.ts';
import { readXml } from './xml.ts';
import { entryBytes, type ZipEntry, zipEntries } from './zip.ts';

/** The parts of an Excel file that reading one sheet takes. */
export interface Workbook {
  /** XML of the sheet, and of the texts that sheets share, if they do. */
  readonly sheet: () => AsyncIterable<Uint8Array>;
  readonly sharedStrings: (() => AsyncIterable<Uint8Array>) | undefined;
  /** Whether numbers of a cell style, by its index, are dates. */
  readonly isDateStyle: readonly boolean[];
  /** Whether days are counted from 1904 on instead of 1900. */
  readonly is1904: boolean;
}

interface Relation {
  readonly id: string;
  /** Last part of its type. */
  readonly kind: string;
  /** Name of the zip entry. */
  readonly target: string;
}

interface Sheet {
  readonly name: string;
  readonly relation: string;
}

/**
 * Opens an Excel file for its first sheet, or for the one that has the name of the source.
 * Throws a `FileRefusal` when the file is none or has no sheet with cells.
 */
export async function openWorkbook(file: RandomAccess, source: string): Promise<Workbook> {
  const entries = await zipEntries(file);
  const part = (name: string) => {
    const entry = entries.get(name);
    return entry && (() => entryBytes(file, entry));
  };
  const root = await relationsOf(file, entries, '');
  const path = root.find(({ kind }) => kind === 'officeDocument')?.target ?? 'xl/workbook.xml';
  const workbook = part(path);
  if (workbook === undefined)
    throw new FileRefusal('unreadable_excel', 'the file is a zip file, but holds no workbook');
  const { sheets, is1904 } = await readSheets(workbook());
  const relations = await relationsOf(file, entries, path);
  const worksheets = sheets.flatMap(({ name, relation }) => {
    const found = relations.find(({ id, kind }) => id === relation && kind === 'worksheet');
    return found ? [{ name, target: found.target }] : [];
  });
  const named = worksheets.find(({ name }) => comparableName(name) === comparableName(source));
  const sheet = part((named ?? worksheets[0])?.target ?? '');
  if (sheet === undefined) throw new FileRefusal('unreadable_excel', 'the workbook has no sheet with cells');
  const partOf = (kind: string) => part(relations.find((relation) => relation.kind === kind)?.target ?? '');
  const styles = partOf('styles');
  return {
    sheet,
    sharedStrings: partOf('sharedStrings'),
    isDateStyle: styles ? await dateStyles(styles()) : [],
    is1904,
  };
}

/** What a part refers to; none when it has no relations. */
async function relationsOf(
  file: RandomAccess,
  entries: ReadonlyMap<string, ZipEntry>,
  path: string,
): Promise<readonly Relation[]> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const entry = entries.get(`${folder}_rels/${path.slice(folder.length)}.rels`);
  if (entry === undefined) return [];
  const relations: Relation[] = [];
  await readXml(entryBytes(file, entry), {
    open: (name, { Id: id = '', Type: type = '', Target: target = '' }) => {
      if (name !== 'Relationship') return;
      const { pathname } = new URL(target, `zip:///${folder}`);
      relations.push({ id, kind: type.slice(type.lastIndexOf('/') + 1), target: pathname.slice(1) });
    },
  });
  return relations;
}

async function readSheets(bytes: AsyncIterable<Uint8Array>) {
  const sheets: Sheet[] = [];
  let is1904 = false;
  await readXml(bytes, {
    open: (name, attributes) => {
      if (name === 'workbookPr') is1904 = attributes.date1904 === '1' || attributes.date1904 === 'true';
      if (name !== 'sheet') return;
      const [, relation = ''] = Object.entries(attributes).find(([key]) => key.endsWith(':id')) ?? [];
      sheets.push({ name: attributes.name ?? '', relation });
    },
  });
  return { sheets, is1904 };
}
