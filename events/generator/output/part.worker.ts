import { parentPort, workerData } from 'node:worker_threads';
import { generate } from '../generate.ts';
import { type PartOptions, writePart } from './write-part.ts';

/** What a worker tells: each day that it begins, and its part at the end. */
const part: PartOptions = { ...workerData, onDay: (day: string) => parentPort?.postMessage({ day }) };
parentPort?.postMessage({ part: await writePart(generate(part.options), part) });
