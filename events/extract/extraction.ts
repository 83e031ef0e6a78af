import { z } from 'zod';
import { TributaryError } from '../../common/errors.ts';
import type { Contract } from '../contracts/contract.ts';
import { contractOf } from '../contracts/index.ts';

/** Names become parts of object keys, of secrets and of parameters. */
const extractionName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'lower-case letters, digits, - and _, at most 64');

const isLoopback = (host: string): boolean => ['localhost', '127.0.0.1', '[::1]', '::1'].includes(host);

/** Secrets and records travel encrypted; only this machine may be spoken to in clear. */
const secureUrl = z
  .url({ protocol: /^https?$/ })
  .refine((url) => url.startsWith('https:') || isLoopback(new URL(url).hostname), 'it must begin with https://');

const path = z.string().regex(/^[^.]+(\.[^.]+)*$/, 'names with dots between them');

/** What every extraction has. */
const common = {
  name: extractionName,
  /** Contract of the records, and their folder in the landing bucket. */
  source: z.string(),
  /** EventBridge Scheduler expression, in UTC. */
  schedule: z.string().min(1),
  /** How far behind the watermark a pull begins: what is written late with an earlier version is found within it. */
  overlapSeconds: z.int().min(0).default(600),
  /** Secret below `tributary/extract-<kind>/`; by default the extraction's own name. */
  secret: z.string().min(1).optional(),
  /** Names of the source (paths, in JSON) with the contract field that each stands for, beyond the contract's aliases. */
  rename: z.record(z.string(), z.string()).default({}),
};

const auth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  /** Secret: {token}. */
  z.strictObject({ kind: z.literal('bearer') }),
  /** Secret: {key}. */
  z.strictObject({ kind: z.literal('api-key'), header: z.string().min(1) }),
  /** Secret: {username, password}. */
  z.strictObject({ kind: z.literal('basic') }),
  /** Client credentials; secret: {clientId, clientSecret}. */
  z.strictObject({ kind: z.literal('oauth2'), tokenUrl: secureUrl, scope: z.string().optional() }),
]);

const paging = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  /** Numbered pages, up to the first empty one or to the number that the answer gives at `pages`. */
  z.strictObject({
    kind: z.literal('page'),
    parameter: z.string(),
    first: z.int().min(0).default(1),
    pages: path.optional(),
    /** Where the answer says how many records there are: when that changes, the pull is given up and repeated. */
    total: path.optional(),
    /**
     * The API sorts by version, ascending: a pull then begins anew at the version that it has reached instead of
     * counting pages, so that records that change meanwhile push no others out of sight.
     */
    sortedByVersion: z.boolean().default(false),
  }),
  /** The answer has the next page's token at `next`, and none on the last page. */
  z.strictObject({ kind: z.literal('cursor'), parameter: z.string(), next: path }),
  /** The answer's Link header names the next page with rel="next". */
  z.strictObject({ kind: z.literal('link') }),
]);

const restExtraction = z.strictObject({
  ...common,
  kind: z.literal('rest'),
  url: secureUrl,
  query: z.record(z.string(), z.string()).default({}),
  headers: z.record(z.string(), z.string()).default({}),
  /** Where the array of records is in an answer; '' when the answer is the array. */
  records: z.union([z.literal(''), path]),
  /** How to ask for what has changed since a moment; without it every pull asks for everything. */
  since: z
    .strictObject({ parameter: z.string(), format: z.enum(['iso', 'date', 'unix-seconds', 'unix-milliseconds']) })
    .optional(),
  paging: paging.default({ kind: 'none' }),
  auth: auth.default({ kind: 'none' }),
  requestsPerSecond: z.number().positive().default(5),
  /** Of one pull: more is taken for an API that never ends. */
  maxPages: z.int().positive().default(10_000),
  /** How long one request may take, its body included. */
  requestSeconds: z.number().positive().default(30),
  /** Largest answer, uncompressed. */
  maxAnswerBytes: z
    .int()
    .positive()
    .default(16 * 1024 ** 2),
});

const postgresExtraction = z
  .strictObject({
    ...common,
    kind: z.literal('postgres'),
    host: z.string().min(1),
    port: z.int().min(1).max(65_535).default(5432),
    database: z.string().min(1),
    schema: z.string().min(1).default('public'),
    /** A table or view. */
    table: z.string().min(1),
    /** By default the contract's version column, or the first of its aliases that the table has. */
    versionColumn: z.string().optional(),
    /** By default the contract's key in the same way. */
    keyColumns: z.array(z.string()).min(1).optional(),
    /** By default all. */
    columns: z.array(z.string()).min(1).optional(),
    tls: z.enum(['verify-full', 'off']).default('verify-full'),
    /** How long the database may work on one batch or wait for a lock. */
    statementSeconds: z.int().positive().default(120),
    batchRows: z.int().positive().default(2000),
  })
  .refine(({ tls, host }) => tls !== 'off' || isLoopback(host), 'tls may be off on this machine only');

const extraction = z.discriminatedUnion('kind', [restExtraction, postgresExtraction]);

/** What is pulled from where, and how; all defaults filled in. */
export type Extraction = z.infer<typeof extraction>;
export type RestExtraction = z.infer<typeof restExtraction>;
export type PostgresExtraction = z.infer<typeof postgresExtraction>;
export type ExtractionKind = Extraction['kind'];
/** As it is written in settings: what has a default may be left out. */
export type ExtractionSettings = z.input<typeof extraction>;

/** Makes sense of an extraction's settings. Throws `bad_extraction`. */
export function parseExtraction(settings: unknown): Extraction {
  const where = `extraction ${JSON.stringify(Object(settings).name ?? '')}`;
  const parsed = extraction.safeParse(settings);
  if (!parsed.success) {
    throw new TributaryError({
      code: 'bad_extraction',
      message: `the settings are not valid: ${z.prettifyError(parsed.error)}`,
      where,
      advice: 'correct it in infra/environments.ts and deploy again',
      cause: parsed.error,
    });
  }
  contractOfExtraction(parsed.data);
  return parsed.data;
}

/** The contract that the records of an extraction keep. Throws `bad_extraction`. */
export function contractOfExtraction({ name, source }: Pick<Extraction, 'name' | 'source'>): Contract {
  const contract = contractOf(source);
  if (contract !== undefined) return contract;
  throw new TributaryError({
    code: 'bad_extraction',
    message: `no contract is named ${JSON.stringify(source)}`,
    where: `extraction ${JSON.stringify(name)}`,
    advice: 'contracts are listed in events/contracts/index.ts',
  });
}

/** Where the settings of extractions are published, one parameter each. */
export const EXTRACTIONS_PATH = '/tributary/extractions';
export const extractionParameter = (name: string): string => `${EXTRACTIONS_PATH}/${name}`;

/** Where the secrets of extractions of a kind are. */
export const secretsPrefix = (kind: ExtractionKind): string => `tributary/extract-${kind}`;
export const secretName = ({ kind, secret, name }: Pick<Extraction, 'kind' | 'secret' | 'name'>): string =>
  `${secretsPrefix(kind)}/${secret ?? name}`;
