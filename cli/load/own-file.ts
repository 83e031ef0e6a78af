import { basename } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { s3 } from '../../common/aws.ts';
import { TributaryError } from '../../common/errors.ts';
import { contractOf, contracts } from '../../events/contracts/index.ts';
import { fileId } from '../../events/intake/keys.ts';
import type { IntakeRecord } from '../../events/intake/ledger.ts';
import type { Platform } from '../../infra/platform.ts';
import { queryRows } from '../query/athena.ts';
import { IntakeReader, type WaitOptions, waitForIntake } from './intake.ts';
import { landingKey, upload } from './upload.ts';

export interface OwnFile {
  readonly path: string;
  readonly source: string;
}

/** Puts a file in the landing bucket and waits for what becomes of it. Throws `unknown_source` before it uploads. */
export async function loadOwnFile(
  { path, source }: OwnFile,
  { buckets }: Platform,
  options: WaitOptions & { readonly client?: S3Client } = {},
): Promise<IntakeRecord> {
  if (contractOf(source) === undefined) {
    throw new TributaryError({
      code: 'unknown_source',
      message: `there is no source ${source}`,
      advice: `choose among ${contracts.map((contract) => contract.source).join(', ')}`,
    });
  }
  const client = options.client ?? s3();
  const startedAt = new Date();
  const { key, etag } = await upload(client, buckets.landing, landingKey(source, basename(path)), path);
  const id = fileId(key, etag);
  const intake = await waitForIntake(
    new IntakeReader(client, buckets.operations, startedAt),
    (sofar) => sofar.has(id),
    options,
  );
  const [record] = intake.get(id) ?? [];
  if (record === undefined)
    throw new TributaryError({ code: 'empty_ledger', message: 'the ledger entry is empty', where: key });
  return record;
}

/** Rows of a file that were refused for the same reason on the same field. */
export interface Refusal {
  readonly rows: number;
  /** Number of the first such row. */
  readonly firstRow: number;
  /** What was wrong with the first such row. */
  readonly message: string;
}

const MOST_SHOWN = 20;

/** Why rows of a file were refused, the commonest reasons first. */
export async function refusals({ origin, source }: IntakeRecord, { workgroup }: Platform): Promise<Refusal[]> {
  const rows = await queryRows(
    `select min_by(message, cast(position as bigint)) as message, count(distinct position) as refused,
       min(cast(position as bigint)) as first_row
     from bronze.quarantine
     where source = '${source}' and origin = '${origin.replaceAll("'", "''")}'
     group by reason, field
     order by refused desc, first_row
     limit ${MOST_SHOWN}`,
    { workgroup },
  );
  return rows.map((row) => ({
    message: String(row.message),
    rows: Number(row.refused),
    firstRow: Number(row.first_row),
  }));
}
