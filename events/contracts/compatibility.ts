import type { Contract, Field } from './contract.ts';
import type { FieldType } from './field.ts';
import type { Release, ReleasedField } from './release.ts';

/**
 * What in a contract breaks those who rely on a release of it, in words; nothing where all is well. Records that the
 * release accepted must still be accepted with the same meaning, and the columns of bronze must stay. A released version
 * may gain optional fields, values, aliases and wider bounds; anything else wants a new version with an upcast.
 */
export function breakingChanges(released: Release, current: Contract): string[] {
  if (released.version !== current.version) return missingUpcasts(released, current);
  const fields = Object.entries(released.fields).flatMap(([name, before]) => {
    const after = current.fields[name];
    return after === undefined
      ? [`field ${name} is gone`]
      : fieldChanges(before, after).map((text) => `${name} ${text}`);
  });
  const added = Object.entries(current.fields).flatMap(([name, { required }]) =>
    required && released.fields[name] === undefined ? [`${name} is new and required`] : [],
  );
  return [...identityChanges(released, current), ...fields, ...added];
}

/** Events of each earlier version must find their way to this one. */
function missingUpcasts({ version }: Release, current: Contract): string[] {
  if (version > current.version)
    return [`version ${version} was released; version ${current.version} goes back behind it`];
  const steps = Array.from({ length: current.version - version }, (_, step) => version + step);
  return steps.flatMap((from) =>
    current.upcasts?.[from] ? [] : [`no upcast leads from version ${from} to ${from + 1}`],
  );
}

function identityChanges(released: Release, current: Contract): string[] {
  const { key, versionColumn, eventTimeColumn, subject = null, transport } = current;
  const now = { key, versionColumn, eventTimeColumn, subject, stream: transport.stream };
  const before = { ...released, stream: released.transport.stream };
  const names = ['key', 'versionColumn', 'eventTimeColumn', 'subject', 'stream'] as const;
  return names.flatMap((name) =>
    before[name] === undefined || same(before[name], now[name]) ? [] : [`${name} is another`],
  );
}

function fieldChanges(before: ReleasedField, after: Field): string[] {
  return [
    ...(widens(before.type, after.type) ? [] : ['has another type']),
    ...(after.required && !before.required ? ['is required now'] : []),
    ...(before.personal === after.personal ? [] : ['is protected otherwise']),
    ...lostNames(before, after),
    ...lostValues(before, after),
    ...(tightens(before, after) ? ['has tighter bounds'] : []),
    ...(same(before.boundsWhere, after.boundsWhere) ? [] : ['has other bounds by condition']),
  ];
}

/** A column may become wider where readers of either see the same numbers. */
function widens(before: FieldType, after: FieldType): boolean {
  if (before.kind === 'integer' && after.kind === 'bigint') return true;
  if (before.kind === 'decimal' && after.kind === 'decimal') {
    return after.scale === before.scale && after.precision >= before.precision;
  }
  return before.kind === after.kind;
}

const lostNames = (before: ReleasedField, after: Field): string[] =>
  (before.aliases ?? [])
    .filter((alias) => !after.aliases?.includes(alias))
    .map((alias) => `is no longer called ${alias}`);

function lostValues(before: ReleasedField, after: Field): string[] {
  if (after.values === undefined) return [];
  if (before.values === undefined) return ['takes only certain values now'];
  const lost = before.values.filter((value) => !after.values?.includes(value));
  const otherwise = Object.entries(before.synonyms ?? {}).filter(([from, to]) => after.synonyms?.[from] !== to);
  return [
    ...lost.map((value) => `no longer takes ${value}`),
    ...otherwise.map(([from]) => `no longer reads ${from} as it did`),
  ];
}

function tightens(before: ReleasedField, after: Field): boolean {
  const { min: low = Number.NEGATIVE_INFINITY, max: high = Number.POSITIVE_INFINITY } = before;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = after;
  return min > low || max < high;
}

/** Releases come from files, so both sides are data. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
