import { PutObjectCommand } from '@aws-sdk/client-s3';
import { parseS3Uri } from '../../../common/s3-uri.ts';
import { QueryFailure } from '../failures.ts';
import { writeHiveFiles } from '../writes/hive-files.ts';
import { countRows } from '../writes/result.ts';
import { hiveColumnType } from '../writes/types.ts';
import { hasObjects, uploadTo, withSlash } from '../writes/upload.ts';
import type { PropertyValue } from './parse-tables.ts';
import { hiveFormatOf, propertyList } from './write-properties.ts';
import { folderOf, pathExists, requireLast, type WriteDeps, type WriteRun } from './writes.ts';

/** Writes a query's result as files without a table. Returns the number of rows; an object beside the result lists the files. */
export async function unload(
  deps: WriteDeps,
  { location, properties }: { readonly location: string; readonly properties: Readonly<Record<string, PropertyValue>> },
  run: WriteRun,
): Promise<number> {
  const format = hiveFormatOf(properties);
  const partitionedBy = propertyList(properties.partitioned_by);
  const root = withSlash(location);
  if (!/^s3:\/\/[^/]+\//.test(root))
    throw new QueryFailure('INVALID_FUNCTION_ARGUMENT', `Not an S3 location: ${location}`);
  const name = { database: run.context.database ?? 'default', table: 'unload' };
  if (await hasObjects(deps.s3, root)) throw pathExists(name, root);
  return deps.engine.materialise(run, async (result) => {
    requireLast(result.columns, partitionedBy);
    const columns = result.columns.map((column) => ({ Name: column.name.toLowerCase(), Type: hiveColumnType(column) }));
    const first = columns.length - partitionedBy.length;
    const StorageDescriptor = { Columns: columns.slice(0, first), Location: root };
    const files = await writeHiveFiles(result, {
      format,
      columns: result.columns,
      partitionKeys: partitionedBy.length,
    });
    const upload = uploadTo(deps.s3);
    const uris: string[] = [];
    for (const { localPath, name: file, values } of files) {
      const uri = `${folderOf({ Name: 'unload', StorageDescriptor, PartitionKeys: columns.slice(first) }, root, values)}${file}`;
      await upload(localPath, uri);
      uris.push(uri);
    }
    const { bucket, key } = parseS3Uri(manifestOf(run.resultLocation));
    await deps.s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: uris.map((uri) => `${uri}\n`).join('') }),
    );
    return countRows(result);
  });
}

/** The object that lists the files a statement has written. */
const manifestOf = (resultLocation: string): string => resultLocation.replace(/(\.\w+)?$/, '-manifest.csv');
