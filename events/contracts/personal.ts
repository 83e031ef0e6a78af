import type { Contract, Field } from './contract.ts';
import type { FieldType } from './field.ts';

/** What kind of personal data a field holds; it decides what is derived from it and how its token is normalised. */
export type PersonalKind =
  | 'email'
  | 'phone'
  | 'name'
  | 'address'
  | 'postcode'
  | 'birth_date'
  | 'ip_address'
  | 'free_text';

/** A column that the lake has in place of a personal field. */
export interface ProtectedColumn {
  /** Follows the field's name. */
  readonly suffix: ProtectedSuffix;
  readonly type: FieldType;
  readonly description: string;
  readonly classification: 'internal' | 'sensitive';
}

export type ProtectedSuffix = 'token' | 'encrypted' | 'domain' | 'is_valid' | 'area' | 'year' | 'network' | 'redacted';

const text = { kind: 'string' } as const;
const TOKEN: ProtectedColumn = {
  suffix: 'token',
  type: text,
  description: 'keyed token of the normalised value, equal for equal values',
  classification: 'sensitive',
};
const ENCRYPTED: ProtectedColumn = {
  suffix: 'encrypted',
  type: text,
  description: 'encrypted with the key of its subject',
  classification: 'sensitive',
};
const IS_VALID: ProtectedColumn = {
  suffix: 'is_valid',
  type: { kind: 'boolean' },
  description: 'whether the value is well formed',
  classification: 'internal',
};

/** What becomes of each kind in bronze: the field itself is in none of them. */
export const PROTECTED_COLUMNS: Readonly<Record<PersonalKind, readonly ProtectedColumn[]>> = {
  email: [
    TOKEN,
    ENCRYPTED,
    { suffix: 'domain', type: text, description: 'domain, in lower case', classification: 'internal' },
    IS_VALID,
  ],
  phone: [TOKEN, ENCRYPTED, IS_VALID],
  name: [TOKEN, ENCRYPTED],
  address: [TOKEN, ENCRYPTED],
  postcode: [
    TOKEN,
    ENCRYPTED,
    { suffix: 'area', type: text, description: 'leading part, which many share', classification: 'internal' },
  ],
  birth_date: [
    TOKEN,
    ENCRYPTED,
    { suffix: 'year', type: { kind: 'integer' }, description: 'year', classification: 'sensitive' },
  ],
  ip_address: [
    TOKEN,
    { suffix: 'network', type: text, description: 'network: /24 of IPv4, /48 of IPv6', classification: 'internal' },
  ],
  free_text: [
    ENCRYPTED,
    {
      suffix: 'redacted',
      type: text,
      description:
        'without e-mail addresses, numbers of phones, cards and accounts, and the personal values of its record',
      classification: 'sensitive',
    },
  ],
};

/** Whether values of the kind can be read again, by whoever has the key of their subject. */
export const isEncrypted = (kind: PersonalKind): boolean =>
  PROTECTED_COLUMNS[kind].some(({ suffix }) => suffix === 'encrypted');

/** Whether a source sends personal data; what it sends beside its fields is then taken for personal as well. */
export const hasPersonalFields = ({ fields }: Pick<Contract, 'fields'>): boolean =>
  Object.values(fields).some(({ personal }) => personal !== undefined);

/** Names of the columns that bronze has of a field. */
export const protectedColumns = (name: string, { personal }: Pick<Field, 'personal'>): readonly string[] =>
  personal === undefined ? [name] : PROTECTED_COLUMNS[personal].map(({ suffix }) => `${name}_${suffix}`);

/** A column of a bronze table that comes from a field. */
export interface BronzeColumn extends Pick<Field, 'type' | 'description' | 'classification'> {
  readonly name: string;
}

/** The columns that bronze has of a contract's fields: each field itself, or what stands for a personal one. */
export function bronzeColumns({ fields }: Pick<Contract, 'fields'>): readonly BronzeColumn[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const { type, description, classification, personal } = field;
    if (personal === undefined) return [{ name, type, description, classification }];
    return PROTECTED_COLUMNS[personal].map((column) => ({
      name: `${name}_${column.suffix}`,
      type: column.type,
      description: `${description}: ${column.description}`,
      classification: column.classification,
    }));
  });
}
