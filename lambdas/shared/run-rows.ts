import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** Writes the rows of a run to a table of the database `operations`, in place of those that it wrote before. */
export type WriteRunRows = (
  table: 'runs' | 'builds' | 'checks',
  runId: string,
  rows: readonly unknown[],
) => Promise<void>;

export const s3RunRows =
  (s3: S3Client, bucket: string): WriteRunRows =>
  async (table, runId, rows) => {
    if (rows.length === 0) return;
    const Key = `${table}/run_date=${runId.slice(0, 10)}/${runId}.json`;
    const Body = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType: 'application/x-ndjson' }));
  };
