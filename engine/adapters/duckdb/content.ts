import type { DuckDBConnection } from '@duckdb/node-api';
import type { WriteRequest } from '../adapter.ts';
import { contentOf, EMPTY_CONTENT } from '../content.ts';
import type { WrittenFile } from './copy.ts';
import { identifier, literal } from './types.ts';

/** The contents of files that were just written, in their order. */
export async function contentsOf(
  connection: DuckDBConnection,
  files: readonly WrittenFile[],
  { columns, exempt = [] }: Pick<WriteRequest, 'columns' | 'exempt'>,
): Promise<readonly string[]> {
  if (files.length === 0) return [];
  const paths = files.map(({ localPath }) => literal(localPath)).join(', ');
  const counted = columns.filter(({ name }) => !exempt.includes(name)).map(({ name }) => identifier(name));
  const hash = counted.length === 0 ? '0' : `hash(${counted.join(', ')})`;
  const reader = await connection.runAndReadAll(
    `select file_index, count(*) as row_count, cast(sum(${hash}) as varchar) as total
     from read_parquet([${paths}], hive_partitioning = false) group by file_index`,
  );
  const contents = files.map(() => EMPTY_CONTENT);
  for (const { file_index: index, row_count: rows, total } of reader.getRowObjectsJson()) {
    contents[Number(index)] = contentOf(Number(rows), BigInt(String(total)));
  }
  return contents;
}
