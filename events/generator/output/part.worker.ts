import { parentPort, workerData } from 'node:worker_threads';
import { TributaryError } from '../../../common/errors.ts';
import { generate } from '../generate.ts';
import type { PartMessage } from './part-message.ts';
import { type PartOptions, writePart } from './write-part.ts';

const tell = (message: PartMessage): void => parentPort?.postMessage(message);
const part: PartOptions = { ...workerData, onDay: (day: string) => tell({ day }) };

try {
  tell({ part: await writePart(generate(part.options), part) });
} catch (thrown) {
  if (!(thrown instanceof TributaryError)) throw thrown;
  // Of an error that crosses threads only the text arrives.
  const { code, message, where, advice } = thrown;
  tell({ error: { code, message, ...(where !== undefined && { where }), ...(advice !== undefined && { advice }) } });
}
