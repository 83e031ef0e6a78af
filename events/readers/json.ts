import type { JsonRecord } from '../validator/layout.ts';
import type { Problem } from '../validator/problem.ts';
import { JsonArraySplitter } from './json-array-splitter.ts';
import type { RecordSink, ResumePoint } from './sink.ts';
import { LineSplitter, type Splitter } from './splitter.ts';
import { readText, type TextInput } from './text.ts';

const NOT_JSON: Problem = { code: 'not_json', message: 'the record is not valid JSON' };
const NOT_AN_OBJECT: Problem = { code: 'not_an_object', message: 'the record is JSON, but not an object with fields' };
/** Records nested deeper could not be written again: that takes a call per level. */
const MAX_DEPTH = 100;
const TOO_DEEP: Problem = { code: 'nested_too_deep', message: `the record is nested over ${MAX_DEPTH} levels deep` };

/** Text as JSON; undefined, which no JSON stands for, when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const isJsonRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}

/** The JSON object that a text holds, or why it cannot be taken in. */
export function parseRecord(text: string): { readonly record: JsonRecord } | { readonly problem: Problem } {
  const value = parseJson(text);
  if (value === undefined) return { problem: NOT_JSON };
  if (!isJsonRecord(value)) return { problem: NOT_AN_OBJECT };
  return isDeeperThan(MAX_DEPTH, value) ? { problem: TOO_DEEP } : { record: value };
}

function readJson(input: TextInput, splitter: Splitter, sink: RecordSink): Promise<void> {
  const take = (text: string): void => {
    const parsed = parseRecord(text);
    if ('record' in parsed) sink.object(parsed.record, () => text, text.length);
    else sink.refuse(parsed.problem, () => text);
  };
  return readText(input, splitter, take, sink);
}

/** Reads a file with one JSON object per line. */
export const readNdjson = (input: TextInput, sink: RecordSink): Promise<void> =>
  readJson(input, new LineSplitter(), sink);

/** Reads a file that is one JSON array of objects. */
export const readJsonArray = (input: TextInput, sink: RecordSink, from?: ResumePoint): Promise<void> =>
  readJson(input, new JsonArraySplitter(from !== undefined), sink);
