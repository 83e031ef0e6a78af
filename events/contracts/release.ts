import type { Contract, Field } from './contract.ts';

/** What producers and readers of a released contract rely on: all of it but the words. */
export interface Release
  extends Pick<Contract, 'source' | 'version' | 'key' | 'versionColumn' | 'eventTimeColumn' | 'transport'> {
  readonly subject: string | null;
  readonly fields: Readonly<Record<string, ReleasedField>>;
}

export type ReleasedField = Omit<Field, 'description' | 'unit'>;

/** The release of a contract as it stands, for keeping. */
export function releaseOf(contract: Contract): Release {
  const { source, version, key, versionColumn, eventTimeColumn, transport, subject = null } = contract;
  const fields = Object.fromEntries(
    Object.entries(contract.fields).map(([name, { description, unit, ...relied }]) => [name, relied]),
  );
  return { source, version, key, versionColumn, eventTimeColumn, subject, transport, fields };
}

/** Name of the file that keeps a release. */
export const releaseFile = ({ source, version }: Pick<Contract, 'source' | 'version'>): string =>
  `${source}.v${version}.json`;
