import type { S3Client } from '@aws-sdk/client-s3';
import type { NewFile, WriteRequest } from '../adapter.ts';
import { contentOf } from '../content.ts';
import { partitionKey } from '../duckdb/partitions.ts';
import { footerStats } from '../footer-stats.ts';
import { readFooters } from '../parquet-footers.ts';
import type { AnsweredFile } from './answer.ts';

/** The files that the job has written, with the statistics of their own footers. */
export async function newFiles(
  s3: S3Client,
  { columns, partitionBy }: WriteRequest,
  files: readonly AnsweredFile[],
): Promise<readonly NewFile[]> {
  const footers = await readFooters(
    s3,
    files.map(({ path, bytes }) => ({ uri: path, bytes })),
  );
  const keys = partitionBy.map((by) => partitionKey(by, columns));
  return files.map(({ path, bytes, rows, hash, partition }, index) => {
    const footer = footers[index];
    return {
      path,
      bytes,
      rows,
      partition: keys.map((key, position) => key.parse(partition[position] ?? undefined)),
      stats: footer === undefined ? new Map() : footerStats(footer, columns),
      content: contentOf(rows, BigInt(hash)),
    };
  });
}
