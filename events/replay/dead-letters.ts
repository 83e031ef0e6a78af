/** A message of a queue. */
export interface QueueMessage {
  readonly id: string;
  readonly body: string;
  readonly receipt: string;
}

/** The queue of landed files, and that of the messages it gave up. */
export interface DeadLetterPorts {
  /** Some messages that nobody else works on; none when there are none. */
  receive(): Promise<readonly QueueMessage[]>;
  /** Puts a message into the queue of landed files. */
  send(body: string): Promise<void>;
  remove(receipt: string): Promise<void>;
}

/**
 * Moves messages that were given up back to their queue: sent before it is removed, so that an interruption repeats a
 * message rather than losing it. Taking a file in twice is harmless.
 *
 * @returns the bodies of the messages that were moved
 */
export async function redriveDeadLetters({ receive, send, remove }: DeadLetterPorts): Promise<readonly string[]> {
  const moved = new Map<string, string>();
  for (;;) {
    const fresh = (await receive()).filter(({ id }) => !moved.has(id));
    if (fresh.length === 0) return [...moved.values()];
    for (const { id, body, receipt } of fresh) {
      await send(body);
      await remove(receipt);
      moved.set(id, body);
    }
  }
}
