import type { Contract, Field } from './contract.ts';
import type { FieldType } from './field.ts';

/** How a value of a field's type is written in JSON and in code: decimals, dates and timestamps as exact text. */
type ValueOf<T extends FieldType> = T extends { kind: 'boolean' }
  ? boolean
  : T extends { kind: 'integer' }
    ? number
    : T extends { kind: 'bigint' }
      ? bigint
      : string;

type CellOf<F extends Field> = F['required'] extends true ? ValueOf<F['type']> : ValueOf<F['type']> | null;

/** A row that its contract has accepted. */
export type Row<C extends Contract> = { readonly [Name in keyof C['fields']]: CellOf<C['fields'][Name]> };
