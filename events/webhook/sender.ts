import { z } from 'zod';
import type { SignatureScheme } from './signature.ts';

/** A system that calls the webhook, and what it may send. */
export interface WebhookSender {
  /** Part of the address, and of the secret's name. */
  readonly name: string;
  readonly signature: SignatureScheme;
  /** Contracts whose records it sends; each comes on a stream. */
  readonly sources: readonly string[];
  /** Header with the delivery's own id, which is the same when it is repeated. */
  readonly idHeader: string;
}

const signature = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('standard') }),
  z.strictObject({
    kind: z.literal('body'),
    header: z.string().min(1),
    encoding: z.enum(['hex', 'base64']),
    prefix: z.string().optional(),
  }),
]);

const senders = z.array(
  z.strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]*$/),
    signature,
    sources: z.array(z.string().min(1)).min(1),
    idHeader: z.string().min(1),
  }),
);

/** Senders as the infrastructure tells them to the function. Throws where the text is not that. */
export const parseSenders = (text: string): readonly WebhookSender[] =>
  senders.parse(JSON.parse(text)) as WebhookSender[];

/** Name of a sender's secret. */
export const webhookSecretName = ({ name }: Pick<WebhookSender, 'name'>): string => `tributary/webhook/${name}`;
