import type { JsonRecord } from '../validator/layout.ts';
import type { Problem } from '../validator/problem.ts';
import { JsonArraySplitter } from './json-array-splitter.ts';
import type { RecordSink } from './sink.ts';
import { LineSplitter, type Splitter } from './splitter.ts';
import { readText } from './text.ts';

const NOT_JSON: Problem = { code: 'not_json', message: 'the record is not valid JSON' };
const NOT_AN_OBJECT: Problem = { code: 'not_an_object', message: 'the record is JSON, but not an object with fields' };

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

function readJson(stream: AsyncIterable<Uint8Array>, splitter: Splitter, sink: RecordSink): Promise<void> {
  const take = (text: string): void => {
    const value = parseJson(text);
    if (isJsonRecord(value)) sink.object(value, () => text);
    else sink.refuse(value === undefined ? NOT_JSON : NOT_AN_OBJECT, () => text);
  };
  return readText(stream, splitter, take, sink);
}

/** Reads a file with one JSON object per line. */
export const readNdjson = (stream: AsyncIterable<Uint8Array>, sink: RecordSink): Promise<void> =>
  readJson(stream, new LineSplitter(), sink);

/** Reads a file that is one JSON array of objects. */
export const readJsonArray = (stream: AsyncIterable<Uint8Array>, sink: RecordSink): Promise<void> =>
  readJson(stream, new JsonArraySplitter(), sink);
