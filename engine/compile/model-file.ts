import type { Layer } from '../model.ts';
import { compileError } from './errors.ts';

/** A file below `sql/`, with its path from the repository's root. */
export interface ModelFile {
  readonly path: string;
  readonly text: string;
}

/** A model file cut into its header and its SELECT. Lines are 1-based and count from the top of the file. */
export interface ModelFileParts {
  readonly header: string;
  readonly headerLine: number;
  readonly sql: string;
  readonly sqlLine: number;
}

const HEADER = /^\s*\/\*(?<header>.*?)\*\//s;

/** Throws `header_missing` when the file does not begin with a comment. */
export function splitModelFile({ path, text }: ModelFile): ModelFileParts {
  const match = HEADER.exec(text);
  const header = match?.groups?.header;
  if (match === null || header === undefined) {
    throw compileError(
      'header_missing',
      { file: path, line: 1 },
      'the file does not begin with a header',
      'Begin with /* … */ around YAML: description, owner, grain, kind, columns.',
    );
  }
  const rest = text.slice(match[0].length);
  const sql = rest.trimStart();
  const upToSql = text.slice(0, text.length - sql.length);
  return {
    header,
    headerLine: lineAt(text, text.indexOf('/*')),
    sql: sql.trimEnd().replace(/;$/, '').trimEnd(),
    sqlLine: lineAt(text, upToSql.length),
  };
}

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;

/** What a model's path says: its layer, its domain and its table's name. */
export interface ModelIdentity {
  readonly layer: Layer;
  readonly domain: string;
  /** `gold.fact_sale` */
  readonly name: string;
}

const PATHS = [
  { pattern: /^sql\/silver\/(?<table>[a-z][a-z0-9_]*)\.sql$/, layer: 'silver' },
  { pattern: /^sql\/gold\/(?<domain>[a-z][a-z0-9_]*)\/(?<table>[a-z][a-z0-9_]*)\.sql$/, layer: 'gold' },
  { pattern: /^sql\/marts\/(?<table>[a-z][a-z0-9_]*)\.sql$/, layer: 'marts' },
] as const;

/** Throws `wrong_path` for a file that lies where no model may lie. */
export function identityOf(path: string): ModelIdentity {
  for (const { pattern, layer } of PATHS) {
    const groups = pattern.exec(path)?.groups;
    if (groups !== undefined) return { layer, domain: groups.domain ?? layer, name: `${layer}.${groups.table}` };
  }
  throw compileError(
    'wrong_path',
    { file: path, line: 1 },
    'the path does not say which table this is',
    'Use sql/silver/<table>.sql, sql/gold/<domain>/<table>.sql or sql/marts/<table>.sql, in lower case.',
  );
}
