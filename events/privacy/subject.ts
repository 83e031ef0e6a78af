import type { Contract } from '../contracts/contract.ts';
import { hasPersonalFields } from '../contracts/personal.ts';
import { textOf } from '../validator/field-writer.ts';
import type { Tokens } from './tokens.ts';

/** What of a record tells whom it is about. */
export interface SubjectHints {
  /** Value of the contract's subject field. */
  readonly id: string | null;
  readonly email: string | null;
}

/** The fields that the hints are read from; undefined where the contract has none. */
export interface SubjectFields {
  readonly id: string | undefined;
  readonly email: string | undefined;
}

export const subjectFields = ({ subject, fields }: Contract): SubjectFields => ({
  id: subject,
  email: Object.keys(fields).find((name) => fields[name]?.personal === 'email'),
});

/** The hints that a record gives which its contract has refused. */
export function receivedHints(contract: Contract, values: readonly unknown[]): SubjectHints | undefined {
  if (!hasPersonalFields(contract)) return undefined;
  const names = Object.keys(contract.fields);
  const { id, email } = subjectFields(contract);
  const hint = (name: string | undefined): string | null =>
    name === undefined ? null : textOf(values[names.indexOf(name)]) || null;
  return { id: hint(id), email: hint(email) };
}

/**
 * Name of the subject of a record: source and id, else the e-mail address by its token, so that it is the same in all
 * sources. Undefined where the record tells of neither.
 */
export function subjectName(source: string, { id, email }: SubjectHints, tokens: Tokens): string | undefined {
  if (id !== null) return `${source}|${id}`;
  return email === null ? undefined : `email|${tokens.ofValue('email', email, null).token}`;
}

/** Name of the subject of a record that tells of nobody: itself, by its business key. */
export const recordName = (source: string, key: readonly string[]): string => `${source}#${key.join('#')}`;
