import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { removeAbandoned, scratchPath } from './scratch.ts';
import { identifier, literal } from './types.ts';

export interface DuckDbOptions {
  /** Large intermediate results spill into a new folder here; processes may share it. */
  readonly temporaryDirectory: string;
  /** As DuckDB writes it: `1GB`. */
  readonly memoryLimit: string;
  readonly threads?: number;
  /** Statements for every new session: settings and macros. */
  readonly prelude: readonly string[];
}

/** One in-process database engine; sessions share its memory limit and its threads. */
export class DuckDb {
  private readonly instance: DuckDBInstance;
  private readonly prelude: readonly string[];
  /** Connections that have run the prelude, which takes longer than many a query. */
  private readonly idle: DuckDBConnection[] = [];

  private constructor(instance: DuckDBInstance, prelude: readonly string[]) {
    this.instance = instance;
    this.prelude = prelude;
  }

  static async open(options: DuckDbOptions): Promise<DuckDb> {
    await removeAbandoned(options.temporaryDirectory);
    // Engines name their spill files alike, so each needs a folder of its own.
    const spillDirectory = await scratchPath(options.temporaryDirectory);
    await mkdir(spillDirectory);
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: options.memoryLimit,
      temp_directory: spillDirectory,
      threads: String(options.threads ?? availableParallelism()),
      // Results that need an order are sorted by their query; keeping arrival order costs memory.
      preserve_insertion_order: 'false',
    });
    return new DuckDb(instance, options.prelude);
  }

  /**
   * Runs `work` in a session with a catalog of its own, so that sessions may name different versions of the same table
   * at the same time. The catalog goes with the session.
   */
  async session<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const connection = this.idle.pop() ?? (await this.connect());
    const catalog = `session_${randomUUID().replaceAll('-', '')}`;
    try {
      await connection.run(`attach ':memory:' as ${catalog}`);
      await connection.run(`use ${catalog}`);
      return await work(new Session(connection));
    } finally {
      await connection.run('use memory');
      await connection.run(`detach database if exists ${catalog}`);
      this.idle.push(connection);
    }
  }

  private async connect(): Promise<DuckDBConnection> {
    const connection = await this.instance.connect();
    for (const statement of this.prelude) await connection.run(statement);
    return connection;
  }

  close(): void {
    for (const connection of this.idle.splice(0)) connection.closeSync();
    this.instance.closeSync();
  }
}

export class Session {
  readonly connection: DuckDBConnection;

  constructor(connection: DuckDBConnection) {
    this.connection = connection;
  }

  /** Makes `select` visible as `table`, for example `gold.fact_sale`. */
  async view(table: string, select: string): Promise<void> {
    const parts = table.split('.');
    const [schema] = parts;
    if (parts.length === 2 && schema !== undefined) {
      await this.connection.run(`create schema if not exists ${identifier(schema)}`);
    }
    await this.connection.run(`create view ${parts.map(identifier).join('.')} as ${select}`);
  }

  /** What `current_date` means to this session's queries, `yyyy-mm-dd`. */
  async asOf(date: string): Promise<void> {
    await this.connection.run(`set variable as_of = cast(${literal(date)} as date)`);
  }
}
