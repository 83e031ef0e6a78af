import { rm } from 'node:fs/promises';
import type { GlueClient } from '@aws-sdk/client-glue';
import type { S3Client } from '@aws-sdk/client-s3';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { InputFile } from '../../engine/adapters/adapter.ts';
import type { DuckDb, Session } from '../../engine/adapters/duckdb/connection.ts';
import type { ObjectCache } from '../../engine/adapters/duckdb/object-cache.ts';
import type { Query } from '../../engine/dialect/ast.ts';
import type { NamedType } from '../../engine/dialect/translate/context.ts';
import type { Operand } from '../../engine/dialect/translate/scope.ts';
import { s3FileIo } from '../../engine/iceberg/index.ts';
import type { TextRow } from './results/stored-result.ts';
import { textOf } from './results/text.ts';
import { glueReader } from './tables/glue.ts';
import type { QueryContext } from './tables/names.ts';
import { type Plan, Planner, SOURCES_SCHEMA } from './tables/planner.ts';
import type { Source } from './tables/source.ts';
import { columnAt, type MaterialisedResult, RESULT_RELATION } from './writes/result.ts';

/** Where a statement's result goes. */
export interface Output {
  begin(columns: readonly NamedType[]): Promise<void>;
  write(rows: readonly TextRow[]): Promise<void>;
}

export interface EngineDeps {
  readonly duckDb: DuckDb;
  readonly cache: ObjectCache;
  readonly s3: S3Client;
  readonly glue: GlueClient;
}

export interface QueryRun {
  readonly query: Query;
  /** The statement that the query is part of, for places in messages. */
  readonly text: string;
  readonly context: QueryContext;
  readonly parameters: readonly Operand[];
  readonly signal: AbortSignal;
  /** Told the size of all files that the query reads. */
  onScan(bytes: number): void;
}

/** Runs queries on DuckDB over the tables of the Glue catalog, each in a session of its own. */
export class Engine {
  readonly #deps: EngineDeps;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
  }

  /** Streams the result of a query to `output`; an aborted signal stops it where it is. */
  async run(run: QueryRun, output: Output): Promise<void> {
    await this.#session(run.signal, async (session) => {
      const { translation, sources } = await this.#plan(session, run);
      await this.#withSources(session, sources, run, async () => {
        await output.begin(translation.columns);
        const result = await session.connection.stream(translation.sql);
        for await (const rows of result.yieldRows()) {
          run.signal.throwIfAborted();
          await output.write(
            rows.map((row) => row.map((value, index) => textOf(value, translation.columns[index]?.type ?? UNKNOWN))),
          );
        }
      });
    });
  }

  /** Puts the result of a query into a table of its session and lets `work` write it; the folder goes afterwards. */
  async materialise<T>(run: QueryRun, work: (result: MaterialisedResult) => Promise<T>): Promise<T> {
    const folder = await this.#deps.cache.stagingFolder();
    try {
      return await this.#session(run.signal, async (session) => {
        const { translation, sources } = await this.#plan(session, run);
        return this.#withSources(session, sources, run, async () => {
          const { connection } = session;
          const names = translation.columns.map((_, index) => columnAt(index)).join(', ');
          const query = `select * from (${translation.sql}) as result(${names})`;
          await connection.run(`create table ${RESULT_RELATION} as ${query}`);
          run.signal.throwIfAborted();
          return work({
            connection,
            relation: RESULT_RELATION,
            columns: translation.columns,
            folder,
            signal: run.signal,
          });
        });
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** DuckDB's plan of a query, a line each. */
  async explain(run: QueryRun): Promise<readonly string[]> {
    return this.#session(run.signal, async (session) => {
      const { translation, sources } = await this.#plan(session, run);
      return this.#withSources(session, sources, run, async () => {
        const reader = await session.connection.runAndReadAll(`explain ${translation.sql}`);
        return reader.getRows().flatMap((row) => String(row.at(-1)).trimEnd().split('\n'));
      });
    });
  }

  /** Names and types of a query's columns, without running it. */
  async describe(run: QueryRun): Promise<readonly NamedType[]> {
    return this.#session(run.signal, async (session) => (await this.#plan(session, run)).translation.columns);
  }

  async #plan({ connection }: Session, { query, text, context, parameters }: QueryRun): Promise<Plan> {
    const { glue, s3 } = this.#deps;
    const evaluateTime = (sql: string): Promise<number> => epochMilliseconds(connection, sql);
    const planner = new Planner({ glue, reader: glueReader(glue), s3, io: s3FileIo(s3), evaluateTime });
    return planner.plan(query, text, context, parameters);
  }

  async #session<T>(signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#deps.duckDb.session(async (session) => {
      const interrupt = (): void => session.connection.interrupt();
      signal.addEventListener('abort', interrupt);
      try {
        return await work(session);
      } finally {
        signal.removeEventListener('abort', interrupt);
      }
    });
  }

  /** Brings the tables' files to the local disk and lays views over them while `work` runs. */
  async #withSources<T>(
    session: Session,
    sources: Plan['sources'],
    { signal, onScan }: QueryRun,
    work: () => Promise<T>,
  ): Promise<T> {
    const listed = await Promise.all(
      [...sources].map(async ([name, source]) => ({ name, source, files: await source.files() })),
    );
    const files = listed.flatMap((entry) => entry.files);
    onScan(files.reduce((sum, { bytes }) => sum + bytes, 0));
    signal.throwIfAborted();
    return this.#deps.cache.use(files, async (paths) => {
      signal.throwIfAborted();
      const local = new Map(files.map((file, index) => [file.uri, paths[index] ?? '']));
      for (const { name, source } of listed) await defineView(session, name, source, local);
      return work();
    });
  }
}

const UNKNOWN = { kind: 'any' } as const;

async function defineView(
  session: Session,
  name: string,
  source: Source,
  local: ReadonlyMap<string, string>,
): Promise<void> {
  const pathOf = ({ uri }: InputFile): string => local.get(uri) ?? '';
  await session.view(`${SOURCES_SCHEMA}.${name}`, source.select(pathOf));
}

async function epochMilliseconds(connection: DuckDBConnection, sql: string): Promise<number> {
  const reader = await connection.runAndReadAll(`select epoch_ms(cast(${sql} as timestamptz))`);
  return Number(reader.getRows()[0]?.[0]);
}
