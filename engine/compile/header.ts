import { type Document, isNode as isYamlNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { TributaryError } from '../../common/errors.ts';
import { parseType } from '../sql-type.ts';
import { compileError, type Place } from './errors.ts';
import type { ModelFileParts } from './model-file.ts';

const IDENTIFIER = /^[a-z_][a-z0-9_]*$/;

const identifier = z.string().regex(IDENTIFIER, 'a name in lower case: letters, digits, underscores');

const columnType = z.string().superRefine((text, context) => {
  try {
    parseType(text);
  } catch (thrown) {
    if (!(thrown instanceof TributaryError)) throw thrown;
    context.addIssue({ code: 'custom', message: `${thrown.message}. ${thrown.advice ?? ''}` });
  }
});

/** A rule's name alone, or the name over its arguments; the rules themselves say what they accept. */
const check = z.union([z.string(), z.record(z.string(), z.unknown())]);

/** Whole partitions: days or months. */
const lookback = z.int().nonnegative();

const headerSchema = z.strictObject({
  description: z.string().min(1),
  owner: z.string().min(1),
  grain: z.string().min(1),
  kind: z.enum(['view', 'table', 'partitioned', 'merge']),
  partition_by: z
    .array(z.strictObject({ column: identifier, transform: z.enum(['identity', 'day', 'month']) }))
    .default([]),
  sort_by: z.array(identifier).default([]),
  partitions_from: z
    .record(
      z.string(),
      z.union([
        identifier,
        z.strictObject({
          column: identifier,
          lookback: lookback.optional(),
          key: z.array(identifier).min(1).optional(),
        }),
      ]),
    )
    .default({}),
  lookback: lookback.optional(),
  local_because: z.string().min(1).optional(),
  ties_because: z.string().min(1).optional(),
  key: z.array(identifier).min(1).optional(),
  version: z.array(identifier).min(1).optional(),
  tombstone: identifier.optional(),
  columns: z
    .array(
      z.strictObject({
        name: identifier,
        type: columnType,
        description: z.string().min(1),
        classification: z.enum(['public', 'internal', 'sensitive', 'personal']).default('internal'),
        records_run: z.boolean().default(false),
        checks: z.array(check).default([]),
      }),
    )
    .min(1),
  checks: z.array(check).default([]),
  sla: z.strictObject({ hours: z.number().positive() }).optional(),
});

export type HeaderFields = z.infer<typeof headerSchema>;
export type HeaderCheck = z.infer<typeof check>;
export type HeaderPath = readonly (string | number)[];

/** A model's header, with the means to say where in the file a value stands. */
export interface Header {
  readonly fields: HeaderFields;
  placeOf(path: HeaderPath): Place;
}

/** Throws `header_invalid` with the place of the first thing that is wrong. */
export function parseHeader(file: string, { header, headerLine }: ModelFileParts): Header {
  const lines = new LineCounter();
  const document = parseDocument(header, { lineCounter: lines });
  const placeOf = (path: HeaderPath): Place => {
    const { line, col } = lines.linePos(offsetOf(document, path));
    return { file, line: headerLine + line - 1, column: col };
  };
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) {
    const line = headerLine + lines.linePos(syntaxError.pos[0]).line - 1;
    throw compileError('header_invalid', { file, line }, `not YAML: ${firstLine(syntaxError.message)}`);
  }
  const result = headerSchema.safeParse(document.toJS());
  if (!result.success) throw invalid(result.error, placeOf, []);
  return { fields: result.data, placeOf };
}

/** The first thing that a schema found wrong, as an error with its line; `base` is where the checked value stands. */
export function invalid(error: z.ZodError, placeOf: (path: HeaderPath) => Place, base: HeaderPath): TributaryError {
  const [issue] = error.issues;
  const path = [...base, ...(issue?.path ?? []).map((key) => (typeof key === 'symbol' ? String(key) : key))];
  const subject = path.length === 0 ? 'the header' : path.join('.');
  return compileError('header_invalid', placeOf(path), `${subject}: ${issue?.message ?? 'not valid'}`);
}

/** Offset of the value at a path or, where there is none, of the nearest value above it. */
function offsetOf(document: Document, path: HeaderPath): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isYamlNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

const firstLine = (text: string): string => text.split('\n')[0] ?? text;
