/** Database that both engines look at, and what stands for S3 addresses in the statements below. */
export const DATABASE = 'shop';

/** A question about the catalog in the words of each; `trinoRows` brings Trino's rows to the form of Athena's. */
export interface Listing {
  readonly title: string;
  readonly athena: string;
  readonly trino: string;
  readonly rows?: (rows: readonly (readonly (string | null)[])[]) => readonly (readonly (string | null)[])[];
}
