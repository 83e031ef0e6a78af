import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { asError } from '../../common/errors.ts';
import type { RunJournal } from '../../engine/build/index.ts';
import { type BuildRecord, buildRecordKey } from '../../engine/run.ts';

/** Build records and lineage events as JSON objects in the operations bucket. */
export function s3RunJournal(s3: S3Client, bucket: string): RunJournal {
  const put = async (key: string, content: unknown): Promise<void> => {
    const Body = JSON.stringify(content);
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentType: 'application/json' }));
  };
  return {
    async read(runId, model) {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: buildRecordKey(runId, model) }));
        return JSON.parse((await Body?.transformToString()) ?? '') as BuildRecord;
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw asError(error);
      }
    },
    write: (record) => put(buildRecordKey(record.runId, record.model), record),
    writeLineage: ({ runId, model }, event) =>
      put(`lineage/run_date=${runId.slice(0, 10)}/${runId}/${model}.json`, event),
  };
}
