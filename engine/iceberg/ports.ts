import type { TableMetadata } from './metadata.ts';

/** A table as the catalog holds it: a pointer to its current metadata file, under a version for optimistic locking. */
export interface CatalogEntry {
  readonly database: string;
  readonly table: string;
  readonly versionId: string | undefined;
  readonly metadataLocation: string;
  /** Whatever else the catalog keeps on the table; a swap leaves it as it is. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a catalog must be able to do. */
export interface Catalog {
  /** Undefined where there is no such table. Throws `not_iceberg`. */
  get(database: string, table: string): Promise<CatalogEntry | undefined>;
  /** Throws `table_exists`. */
  create(database: string, table: string, metadataLocation: string, metadata: TableMetadata): Promise<void>;
  /** Moves the pointer, if the table still has the expected entry's version. Throws `commit_conflict`. */
  swap(expected: CatalogEntry, metadataLocation: string, metadata: TableMetadata): Promise<void>;
}

/** Where metadata and data files lie. Files are written once and never changed. */
export interface FileIo {
  /** Throws `object_missing`. */
  read(uri: string): Promise<Uint8Array>;
  write(uri: string, content: string | Uint8Array): Promise<void>;
  /** Deletes the files; those that are gone already count as deleted. */
  delete(uris: readonly string[]): Promise<void>;
}

/** A file as it lies in its bucket, whether a table uses it or not. */
export interface ListedFile {
  readonly uri: string;
  readonly bytes: number;
  /** When it was written, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** Tells what lies where. */
export interface FileListing {
  /** All files whose address begins with `prefix`. */
  list(prefix: string): Promise<readonly ListedFile[]>;
}
