import type { Table } from '@aws-sdk/client-glue';
import { GetObjectCommand, HeadObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { mapBounded } from '../../../common/concurrency.ts';
import { parseS3Uri } from '../../../common/s3-uri.ts';
import type { InputFile } from '../../../engine/adapters/adapter.ts';
import type { GlueReader } from './glue.ts';
import { isProjected, type PartitionValues, projectedPartition } from './projection.ts';
import { SYMLINK_INPUT } from './serdes.ts';

const PARALLEL_LISTINGS = 8;

/** A partition's value where it is null. */
export const NULL_PARTITION = '__HIVE_DEFAULT_PARTITION__';

export interface HiveColumn {
  readonly name: string;
  /** Hive's spelling. */
  readonly type: string;
}

/** Files of one partition: what the catalog, not the path, says of its columns. */
export interface HivePart {
  readonly values: PartitionValues;
  readonly files: readonly InputFile[];
}

export const hiveColumns = (
  columns: readonly { Name?: string | undefined; Type?: string | undefined }[] = [],
): readonly HiveColumn[] => columns.map(({ Name = '', Type = 'string' }) => ({ name: Name.toLowerCase(), type: Type }));

/** All files of a table, partition by partition; a table without partitions is one part. */
export async function hiveParts(s3: S3Client, glue: GlueReader, table: Table): Promise<readonly HivePart[]> {
  const { DatabaseName = '', Name = '', Parameters = {}, PartitionKeys = [], StorageDescriptor } = table;
  const location = StorageDescriptor?.Location ?? '';
  const keys = hiveColumns(PartitionKeys).map(({ name }) => name);
  const filesAt = StorageDescriptor?.InputFormat === SYMLINK_INPUT ? linkedFiles : listFiles;
  if (keys.length === 0) return [{ values: {}, files: await filesAt(s3, location) }];
  if (isProjected(Parameters)) {
    const valuesOf = projectedPartition(Parameters, location, keys, new Date());
    return byPartition(await listFiles(s3, location), valuesOf);
  }
  const partitions = await glue.partitions(DatabaseName, Name);
  return mapBounded(partitions, PARALLEL_LISTINGS, async ({ Values = [], StorageDescriptor: own }) => ({
    values: Object.fromEntries(keys.map((key, index) => [key, Values[index] ?? ''])),
    files: await filesAt(s3, own?.Location ?? location),
  }));
}

function byPartition(
  files: readonly InputFile[],
  valuesOf: (uri: string) => PartitionValues | undefined,
): readonly HivePart[] {
  const parts = new Map<string, { values: PartitionValues; files: InputFile[] }>();
  for (const file of files) {
    const values = valuesOf(file.uri);
    if (values === undefined) continue;
    const key = JSON.stringify(values);
    const part = parts.get(key) ?? { values, files: [] };
    part.files.push(file);
    parts.set(key, part);
  }
  return [...parts.values()];
}

/** Objects below a folder, without those that Hive hides (`_SUCCESS`, `.crc`) and empty ones. */
async function listFiles(s3: S3Client, location: string): Promise<readonly InputFile[]> {
  const { bucket, key } = parseS3Uri(location.endsWith('/') ? location : `${location}/`);
  const files: InputFile[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: key })) {
    for (const { Key, Size = 0, ETag } of Contents) {
      if (Key === undefined || Size === 0 || /(^|\/)[._][^/]*$/.test(Key)) continue;
      files.push({ uri: `s3://${bucket}/${Key}`, bytes: Size, ...(ETag === undefined ? {} : { etag: ETag }) });
    }
  }
  return files;
}

/** Files that texts in a folder name, one address per line. */
async function linkedFiles(s3: S3Client, location: string): Promise<readonly InputFile[]> {
  const lists = await mapBounded(await listFiles(s3, location), PARALLEL_LISTINGS, async ({ uri }) => {
    const { bucket, key } = parseS3Uri(uri);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return ((await Body?.transformToString()) ?? '').split('\n').filter((line) => line !== '');
  });
  return mapBounded(lists.flat(), PARALLEL_LISTINGS, async (uri) => {
    const { bucket, key } = parseS3Uri(uri);
    const { ContentLength = 0, ETag } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return { uri, bytes: ContentLength, ...(ETag === undefined ? {} : { etag: ETag }) };
  });
}
