import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { s3FileIo } from '../../../../engine/iceberg/index.ts';
import { s3FileListing } from '../../../../engine/iceberg/s3-file-listing.ts';
import { type S3Server, startS3Server } from '../../../fixtures/s3-server.ts';

let server: S3Server;

beforeEach(async () => {
  server = await startS3Server();
});

afterEach(() => server.close());

describe('s3FileListing', () => {
  it('lists everything below a prefix, on however many pages, with size and time', async () => {
    const names = Array.from(
      { length: 1001 },
      (_, index) => `s3://lake/gold/sales/data/day=1 %26 <2>/${index}.parquet`,
    );
    for (const name of names) server.objects.set(name.slice('s3://'.length), Buffer.from('rows'));
    server.objects.set('lake/gold/sales_archive/x.parquet', Buffer.from('rows'));
    const files = await s3FileListing(server.s3).list('s3://lake/gold/sales/');
    expect(files.map(({ uri }) => uri).sort()).toEqual(names.sort());
    expect(new Set(files.map(({ bytes }) => bytes))).toEqual(new Set([4]));
    expect(files.every(({ modifiedMs }) => Math.abs(modifiedMs - Date.now()) < 60_000)).toBe(true);
    expect(server.requests.length).toBe(2);
    await s3FileIo(server.s3).delete(files.map(({ uri }) => uri));
    expect([...server.objects.keys()]).toEqual(['lake/gold/sales_archive/x.parquet']);
  });

  it('names what cannot be listed', async () => {
    server.fault = () => ({ status: 403, code: 'AccessDenied' });
    await expect(s3FileListing(server.s3).list('s3://lake/gold/')).rejects.toMatchObject({
      code: 'access_denied',
      where: 's3://lake/gold/',
    });
  });
});
