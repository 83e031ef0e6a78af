import { z } from 'zod';

/** What a build has started in Glue. */
export interface StartedRun {
  readonly run: string;
  /** Name of the folders of its request, its answer and its files. */
  readonly folder: string;
}

/** By what they do. */
export type SparkToken = Readonly<Record<string, StartedRun>>;

const schema = z.record(z.string(), z.object({ run: z.string(), folder: z.string() }));

export const parseToken = (text: string | undefined): SparkToken =>
  text === undefined ? {} : schema.parse(JSON.parse(text));

export const writeToken = (token: SparkToken): string => JSON.stringify(token);
