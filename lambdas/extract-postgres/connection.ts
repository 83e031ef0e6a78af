import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type QueryArrayResult } from 'pg';
import { z } from 'zod';
import { TributaryError } from '../../common/errors.ts';
import type { PostgresExtraction } from '../../events/extract/extraction.ts';
import { parseJson } from '../../events/readers/json.ts';
import { databaseFailure } from './failures.ts';

const CONNECT_MS = 10_000;
/** How much longer than the database itself we wait for it to give a statement up. */
const GRACE_MS = 2000;
const GOODBYE_MS = 2000;
/** After this the database ends a transaction whose function is gone. */
const IDLE_SECONDS = 600;

const secretSchema = z.object({
  username: z.string().min(1),
  password: z.string(),
  /** PEM of the authority that signed the database's certificate. */
  ca: z.string().optional(),
});

/** A row as PostgreSQL writes its values. */
export type TextRow = readonly (string | null)[];
export type TextResult = Pick<QueryArrayResult<(string | null)[]>, 'rows' | 'fields'>;

/** A connection that reads from one snapshot of a database and writes nothing. */
export class SnapshotConnection {
  readonly #client: Client;
  readonly #socket = new Socket();
  readonly #where: string;
  readonly #statementSeconds: number;

  /** Throws `secret_unusable`. */
  constructor(extraction: PostgresExtraction, secret: string) {
    const { host, port, database, tls, name, statementSeconds } = extraction;
    const { username, password, ca } = readSecret(secret, name);
    this.#where = `${name}: ${host}:${port}/${database}`;
    this.#statementSeconds = statementSeconds;
    this.#client = new Client({
      host,
      port,
      database,
      user: username,
      password,
      ssl: tls === 'off' ? false : { rejectUnauthorized: true, ...(ca !== undefined && { ca }) },
      application_name: `tributary-extract ${name}`,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: statementSeconds * 1000 + GRACE_MS,
      keepAlive: true,
      stream: () => this.#socket,
      // Values stay as the database writes them: nothing is lost in numbers and dates of JavaScript.
      types: { getTypeParser: () => (text: string) => text },
    });
    // A connection that is lost between statements is told of by the next one.
    this.#client.on('error', () => undefined);
  }

  async open(): Promise<void> {
    await this.#told(this.#client.connect());
  }

  /**
   * Begins the transaction whose snapshot all following statements see. Its settings are its own, since behind a
   * connection pool the next transaction may be in another session.
   */
  async begin(): Promise<void> {
    const timeout = `'${this.#statementSeconds}s'`;
    await this.#told(
      this.#client.query(`
        begin isolation level repeatable read read only;
        set local datestyle = 'ISO, YMD';
        set local intervalstyle = 'iso_8601';
        set local timezone = 'UTC';
        set local bytea_output = 'hex';
        set local extra_float_digits = 1;
        set local statement_timeout = ${timeout};
        set local lock_timeout = ${timeout};
        set local idle_in_transaction_session_timeout = '${IDLE_SECONDS}s'`),
    );
  }

  /** Throws what `databaseFailure` makes of a failure. */
  query(text: string, values: readonly unknown[] = []): Promise<TextResult> {
    return this.#told(this.#client.query<(string | null)[]>({ text, values: [...values], rowMode: 'array' }));
  }

  /** Ends the connection, whatever state it is in. */
  async close(): Promise<void> {
    const goodbye = new AbortController();
    const end = this.#client.end().catch(() => undefined);
    await Promise.race([end, sleep(GOODBYE_MS, undefined, { signal: goodbye.signal }).catch(() => undefined)]);
    goodbye.abort();
    this.#socket.destroy();
  }

  async #told<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (thrown) {
      throw databaseFailure(thrown, this.#where);
    }
  }
}

function readSecret(secret: string, name: string): z.infer<typeof secretSchema> {
  const parsed = secretSchema.safeParse(parseJson(secret));
  if (parsed.success) return parsed.data;
  throw new TributaryError({
    code: 'secret_unusable',
    message: `the secret is not what a database needs: ${z.prettifyError(parsed.error)}`,
    where: name,
    advice: 'Put it into Secrets Manager as JSON: {"username": …, "password": …, "ca"?: PEM}.',
  });
}
