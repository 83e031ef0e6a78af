import { z } from 'zod';

/** What the infrastructure says of engines outside the function, as JSON in its environment. */
export const engineSettings = z.object({
  /** Seconds that a call waits for an engine before it hands back. */
  waitSeconds: z.number().nonnegative(),
  /** Seconds that a build may take, in however many calls. */
  buildSeconds: z.number().positive(),
  /** Where what lasts for one build lies: `s3://bucket/prefix`. */
  location: z.string(),
  athena: z.object({
    workGroup: z.string(),
    /** Glue database of tables that last for one build. */
    database: z.string(),
    /** After so long a query is stopped. */
    querySeconds: z.number().positive(),
  }),
  /** Where the Glue job is deployed. */
  spark: z.object({ jobName: z.string() }).optional(),
});

export type EngineSettings = z.infer<typeof engineSettings>;
