import type { RandomAccess } from '../parquet.ts';
import type { RecordSink } from '../sink.ts';
import { readSharedStrings } from './shared-strings.ts';
import { SheetReader } from './sheet.ts';
import { openWorkbook } from './workbook.ts';
import { readXml } from './xml.ts';

/**
 * Reads one sheet of an Excel file (.xlsx): the one that has the name of the source, or else the first. Cells of formulas
 * count with their last result.
 */
export async function readExcel(file: RandomAccess, source: string, sink: RecordSink): Promise<void> {
  const { sheet, sharedStrings, isDateStyle, is1904 } = await openWorkbook(file, source);
  const strings = sharedStrings ? await readSharedStrings(sharedStrings()) : [];
  const reader = new SheetReader({ sharedStrings: strings, isDateStyle, is1904 }, sink);
  await readXml(sheet(), reader, () => sink.drain());
  reader.finish();
  await sink.drain();
}
