import type { InputFile } from '../../../engine/adapters/adapter.ts';
import type { NamedType } from '../../../engine/dialect/translate/context.ts';

/** A table as a query reads it. */
export interface Source {
  readonly columns: readonly NamedType[];
  /** Columns that `*` leaves out. */
  readonly hidden: readonly NamedType[];
  /** What has to be on the local disk before it is read. */
  files(): Promise<readonly InputFile[]>;
  /** A SELECT over the local copies; `pathOf` gives the copy of a file. */
  select(pathOf: (file: InputFile) => string): string;
}

/** A source whose rows are few and known: metadata tables. */
export interface Listed {
  readonly columns: readonly NamedType[];
  readonly rows: readonly (readonly (string | null)[])[];
}
