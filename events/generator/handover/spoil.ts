import type { Contract, Field } from '../../contracts/contract.ts';
import type { JsonRecord } from '../../validator/layout.ts';
import type { Random } from '../random/random.ts';

/** A value of a field that breaks the contract. */
interface Spoiler {
  readonly name: string;
  readonly value: unknown;
}

/** What no bounds of the field allow, those that hold on some rows only included. */
function outOfBounds({ min, max, boundsWhere }: Field): number[] {
  const leasts = boundsWhere ? [min, boundsWhere.min] : [min];
  const mosts = boundsWhere ? [max, boundsWhere.max] : [max];
  const isBounded = (bounds: (number | undefined)[]): bounds is number[] => bounds.every((one) => one !== undefined);
  return [
    ...(isBounded(leasts) ? [Math.min(...leasts) - 1] : []),
    ...(isBounded(mosts) ? [Math.max(...mosts) + 1] : []),
  ];
}

function badValues(field: Field, isTyped: boolean): unknown[] {
  const values: unknown[] = field.required ? [null] : [];
  if (field.values) values.push('unheard-of');
  values.push(...outOfBounds(field));
  // Files with typed columns cannot even hold these.
  if (!isTyped && field.type.kind === 'timestamp') values.push('31/10/2026 25:61', 'yesterday');
  if (!isTyped && field.type.kind === 'integer') values.push('many');
  return values;
}

/** Every way to break a contract with one value. */
export const spoilersOf = ({ fields, transport }: Contract): readonly Spoiler[] =>
  Object.entries(fields).flatMap(([name, field]) =>
    badValues(field, transport.file === 'parquet').map((value) => ({ name, value })),
  );

/** The record with one value that its contract refuses. */
export function spoiled(record: JsonRecord, spoilers: readonly Spoiler[], random: Random): JsonRecord {
  const { name, value } = random.pick(spoilers);
  return { ...record, [name]: value };
}
