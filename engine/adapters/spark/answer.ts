import type { JobRun } from '@aws-sdk/client-glue';
import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { TributaryError } from '../../../common/errors.ts';
import { parseS3Uri } from '../../../common/s3-uri.ts';

const error = z.object({
  /** The job's own, or `query_failed` with Spark's message. */
  code: z.string(),
  message: z.string(),
  where: z.string().optional(),
  advice: z.string().optional(),
});

const file = z.object({
  path: z.string(),
  bytes: z.number(),
  rows: z.number(),
  /** Sum of the rows' hashes. */
  hash: z.string().regex(/^\d+$/),
  partition: z.array(z.string().nullable()),
});

/** What the job leaves in the object that its request names; an error, where it failed. */
const schema = z.union([
  z.object({ error }),
  z.object({ rows: z.array(z.record(z.string(), z.unknown())) }),
  z.object({ files: z.array(file) }),
]);

export type Answer = z.infer<typeof schema>;
export type AnsweredFile = z.infer<typeof file>;

/** What a run has answered. Throws `query_failed` where it failed without, `answer_missing` and `answer_invalid`. */
export async function readAnswer(s3: S3Client, uri: string, run: JobRun): Promise<Answer> {
  const text = await readText(s3, uri);
  if (text === undefined) throw missingAnswer(run);
  const { data, error: problem } = schema.safeParse(parsed(text));
  if (problem !== undefined) throw invalidAnswer(z.prettifyError(problem), uri);
  return data;
}

export const failureOf = ({ code, message, ...more }: z.infer<typeof error>, run: string): TributaryError =>
  new TributaryError({ code, message, where: more.where ?? run, ...(more.advice && { advice: more.advice }) });

export const invalidAnswer = (problem: string, where?: string): TributaryError =>
  new TributaryError({
    code: 'answer_invalid',
    message: `the answer of the job is not what was asked for: ${problem}`,
    ...(where !== undefined && { where }),
    advice: 'The job’s script is of another release than this function: deploy both.',
  });

function missingAnswer({ Id: where = '', JobRunState, ErrorMessage }: JobRun): TributaryError {
  if (JobRunState === 'FAILED') {
    return new TributaryError({
      code: 'query_failed',
      message: `the job run failed: ${ErrorMessage ?? 'Glue gave no reason'}`,
      where,
      advice: 'The logs of the job run tell more. Give the job more or larger workers if it ran out of memory.',
    });
  }
  return new TributaryError({
    code: 'answer_missing',
    message: 'the job run succeeded and left no answer',
    where,
    advice: 'Somebody else deleted it, or the job runs another script. Run again.',
  });
}

async function readText(s3: S3Client, uri: string): Promise<string | undefined> {
  const { bucket, key } = parseS3Uri(uri);
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return await Body?.transformToString();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
