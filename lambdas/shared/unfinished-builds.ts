import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { asError } from '../../common/errors.ts';
import type { UnfinishedBuild, UnfinishedBuilds } from '../../engine/build/index.ts';
import { UNFINISHED_PREFIX } from './constants.ts';

const SUFFIX = '.json';
const keyOf = (model: string): string => `${UNFINISHED_PREFIX}/${model}${SUFFIX}`;

/** Unfinished builds as JSON objects in the operations bucket, one per model. */
export const s3UnfinishedBuilds = (s3: S3Client, Bucket: string): UnfinishedBuilds => ({
  async read(model) {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: keyOf(model) }));
      return JSON.parse((await Body?.transformToString()) ?? '') as UnfinishedBuild;
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw asError(error);
    }
  },

  async write(build) {
    const Body = JSON.stringify(build);
    await s3.send(new PutObjectCommand({ Bucket, Key: keyOf(build.model), Body, ContentType: 'application/json' }));
  },

  async delete(model) {
    await s3.send(new DeleteObjectCommand({ Bucket, Key: keyOf(model) }));
  },

  async list() {
    const models: string[] = [];
    const pages = paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: `${UNFINISHED_PREFIX}/` });
    for await (const { Contents = [] } of pages) {
      models.push(...Contents.flatMap(({ Key }) => Key?.slice(UNFINISHED_PREFIX.length + 1, -SUFFIX.length) ?? []));
    }
    return models;
  },
});
