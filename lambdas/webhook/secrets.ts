import type { WebhookSender } from '../../events/webhook/sender.ts';

/** How long a secret is used without asking for it again: so long an exchanged one stays in force. */
const LIFETIME_MS = 5 * 60 * 1000;

/**
 * Secrets of senders, kept for a while in the process. A secret holds one signing secret, or several in lines of their
 * own while one is being exchanged for another.
 */
export function secretCache(read: (sender: WebhookSender) => Promise<string>, now: () => number = Date.now) {
  const known = new Map<string, { readonly secrets: readonly string[]; readonly readAt: number }>();
  return {
    of: async (sender: WebhookSender): Promise<readonly string[]> => {
      const cached = known.get(sender.name);
      if (cached && now() - cached.readAt < LIFETIME_MS) return cached.secrets;
      const secrets = (await read(sender))
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
      known.set(sender.name, { secrets, readAt: now() });
      return secrets;
    },
  };
}
