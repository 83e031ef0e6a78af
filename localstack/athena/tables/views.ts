import type { Table } from '@aws-sdk/client-glue';
import { z } from 'zod';

/** What Athena and Trino keep of a view. */
const ViewDefinition = z.object({
  originalSql: z.string(),
  catalog: z.string().optional(),
  schema: z.string().optional(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
});

export type PrestoView = z.infer<typeof ViewDefinition>;

const HEAD = '/* Presto View: ';
const TAIL = ' */';

export const isView = ({ TableType }: Table): boolean => TableType === 'VIRTUAL_VIEW';

/** A view's definition as Glue holds it, or undefined where the view is none of Athena's. */
export function readView({ ViewOriginalText = '' }: Table): PrestoView | undefined {
  if (!ViewOriginalText.startsWith(HEAD)) return undefined;
  const encoded = ViewOriginalText.slice(HEAD.length, -TAIL.length);
  return ViewDefinition.parse(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')));
}

export function writeView(view: PrestoView): string {
  return `${HEAD}${Buffer.from(JSON.stringify(view)).toString('base64')}${TAIL}`;
}
