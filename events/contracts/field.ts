import type { Thousands } from '../validator/grouped-number.ts';
import type { BoundsWhere, Classification, Field } from './contract.ts';
import type { PersonalKind } from './personal.ts';

/** Logical types of contract fields. Money and rates are decimals, never binary floats; timestamps are UTC microseconds. */
export type FieldType =
  | { readonly kind: 'string' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer' }
  | { readonly kind: 'bigint' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'date' }
  | { readonly kind: 'timestamp' };

interface Options {
  readonly required?: boolean;
  readonly classification?: Classification;
  readonly values?: readonly string[];
  readonly synonyms?: Readonly<Record<string, string>>;
  readonly min?: number;
  readonly max?: number;
  readonly boundsWhere?: BoundsWhere;
  readonly aliases?: readonly string[];
  readonly unit?: string;
  readonly zone?: string;
  readonly formats?: readonly string[];
  readonly thousands?: Thousands;
}

const field =
  <const T extends FieldType>(type: T) =>
  <const O extends Options>(description: string, options?: O) =>
    ({ required: false, classification: 'internal', ...options, type, description }) as {
      readonly type: T;
      readonly description: string;
      readonly required: O extends { required: true } ? true : false;
      readonly classification: Classification;
    } & Omit<Field, 'type' | 'required'>;

export const text = field({ kind: 'string' });
/** Identifiers are strings everywhere, even where a source sends numbers. */
export const id = text;
export const flag = field({ kind: 'boolean' });
export const integer = field({ kind: 'integer' });
export const bigint = field({ kind: 'bigint' });
export const money = field({ kind: 'decimal', precision: 18, scale: 2 });
export const unitPrice = field({ kind: 'decimal', precision: 18, scale: 4 });
export const rate = field({ kind: 'decimal', precision: 18, scale: 6 });
export const date = field({ kind: 'date' });
export const timestamp = field({ kind: 'timestamp' });

interface PersonalOptions {
  readonly required?: boolean;
  readonly aliases?: readonly string[];
}

const personal =
  <const T extends FieldType>(kind: PersonalKind, type: T) =>
  <const O extends PersonalOptions>(description: string, options?: O) =>
    ({ required: false, ...options, classification: 'personal', personal: kind, type, description }) as {
      readonly type: T;
      readonly description: string;
      readonly required: O extends { required: true } ? true : false;
      readonly classification: 'personal';
      readonly personal: PersonalKind;
    } & Omit<Field, 'type' | 'required'>;

const string = { kind: 'string' } as const;
/** Personal fields: they enter validation as they are, and the lake only protected. */
export const email = personal('email', string);
export const phone = personal('phone', string);
export const personName = personal('name', string);
export const address = personal('address', string);
export const postcode = personal('postcode', string);
export const birthDate = personal('birth_date', { kind: 'date' });
export const ipAddress = personal('ip_address', string);
export const freeText = personal('free_text', string);

/** The Athena (and Hive) name of a field's type. */
export function athenaType(type: FieldType): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'integer':
      return 'int';
    default:
      return type.kind;
  }
}
