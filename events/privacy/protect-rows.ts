import type { Contract } from '../contracts/contract.ts';
import { isEncrypted, type PersonalKind, PROTECTED_COLUMNS, type ProtectedSuffix } from '../contracts/personal.ts';
import type { ColumnData } from '../validator/columns.ts';
import type { RowBatch } from '../validator/row-batch.ts';
import { encrypt } from './cipher.ts';
import { emailDomain } from './email.ts';
import { mentions } from './event-id.ts';
import { networkOf } from './ip-address.ts';
import { postcodeArea } from './normalise.ts';
import { isPhone } from './phone.ts';
import { type KnownValue, redact } from './redact.ts';
import { recordName, subjectFields, subjectName } from './subject.ts';
import type { KeyState, PersonalKeys } from './subject-key.ts';
import type { Tokenised, Tokens } from './tokens.ts';

type Cell = string | number | boolean | null;

/** What bronze has of the rows of a contract with personal fields. */
export interface ProtectedRows {
  /** Of the personal fields, by the columns' names in bronze. */
  readonly columns: ReadonlyMap<string, ColumnData>;
  /** Token of each row's subject. */
  readonly subjects: (string | null)[];
  /** An id that says what the record keeps secret is replaced by its token. */
  readonly eventIds: (string | null)[];
  /** Encrypted. */
  readonly extras: (string | null)[];
}

/** A personal field and its values in clear text. */
interface ClearField {
  readonly name: string;
  readonly kind: PersonalKind;
  readonly values: readonly (string | null)[];
}

const UNSPELT: Tokenised = { spelling: '', token: '' };

interface Context {
  readonly source: string;
  readonly tokens: Tokens;
  readonly subjects: readonly string[];
  /** Of each row's subject; undefined where nothing needs one. */
  readonly keys: readonly (KeyState | undefined)[];
  readonly countries: readonly (string | null)[];
  readonly fields: readonly ClearField[];
}

/**
 * Puts tokens, ciphertexts and what can be told of everybody in the place of personal values. Values of erased subjects are
 * dropped.
 *
 * @param extras the rows' unknown fields as JSON
 */
export async function protectRows(
  rows: RowBatch,
  { extras, eventIds }: { readonly extras: readonly (string | null)[]; readonly eventIds: readonly (string | null)[] },
  keys: PersonalKeys,
): Promise<ProtectedRows> {
  const { contract, length } = rows;
  const tokens = await keys.tokens();
  const fields = clearFields(rows);
  const subjects = subjectsOf(rows, tokens);
  const needKey = subjects.filter(
    (_, row) => extras[row] !== null || fields.some(({ kind, values }) => isEncrypted(kind) && values[row] !== null),
  );
  const found = await keys.obtain(new Set(needKey));
  const context: Context = {
    source: contract.source,
    tokens,
    subjects,
    keys: subjects.map((subject) => found.get(subject)),
    countries: countriesOf(rows),
    fields,
  };
  const columns = new Map(fields.flatMap((field) => protectField(field, length, context)));
  return {
    columns,
    subjects,
    eventIds: eventIds.map((id, row) => safeEventId(id, row, context)),
    extras: extras.map((extra, row) => encrypted(extra, '_extra', row, context)),
  };
}

const clearFields = (rows: RowBatch): readonly ClearField[] =>
  Object.entries(rows.contract.fields).flatMap(([name, { personal }]) =>
    personal === undefined ? [] : [{ name, kind: personal, values: rows.texts(name) }],
  );

/** Token of each row's subject. */
function subjectsOf(rows: RowBatch, tokens: Tokens): string[] {
  const { contract, length } = rows;
  const { id, email } = subjectFields(contract);
  const ids = id === undefined ? [] : rows.texts(id);
  const emails = email === undefined ? [] : rows.texts(email);
  const keys = contract.key.map((name) => rows.texts(name));
  return Array.from({ length }, (_, row) => {
    const hints = { id: ids[row] ?? null, email: emails[row] ?? null };
    const name = subjectName(contract.source, hints, tokens);
    return tokens.ofSubject(
      name ??
        recordName(
          contract.source,
          keys.map((values) => values[row] ?? ''),
        ),
    );
  });
}

/** Country of each row, by the field that contracts name so. */
function countriesOf(rows: RowBatch): readonly (string | null)[] {
  const { fields }: Contract = rows.contract;
  const hasPhone = Object.values(fields).some(({ personal }) => personal === 'phone');
  if (!hasPhone || fields.country === undefined) return [];
  return rows.texts('country').map((country) => (country === 'UK' ? 'GB' : (country?.toUpperCase() ?? null)));
}

function protectField(
  { name, kind, values }: ClearField,
  length: number,
  context: Context,
): readonly (readonly [column: string, data: ColumnData])[] {
  const columns = PROTECTED_COLUMNS[kind].map(({ suffix }) => ({
    suffix,
    cells: new Array<Cell>(length).fill(null),
  }));
  for (let row = 0; row < length; row++) {
    const value = values[row] ?? null;
    if (value === null || context.keys[row] === 'erased') continue;
    // Of a free text there is no token.
    const { spelling, token } =
      kind === 'free_text' ? UNSPELT : context.tokens.ofValue(kind, value, context.countries[row] ?? null);
    for (const { suffix, cells } of columns) {
      if (suffix === 'token') cells[row] = token;
      else if (suffix === 'encrypted') cells[row] = encrypted(value, name, row, context);
      else if (suffix === 'redacted') cells[row] = redact(value, knownValues(row, context));
      else cells[row] = derived(suffix, kind, value, spelling);
    }
  }
  return columns.map(({ suffix, cells }) => [`${name}_${suffix}`, cells]);
}

function encrypted(value: string | null, field: string, row: number, context: Context): string | null {
  const key = context.keys[row];
  if (value === null || key === undefined || key === 'erased') return null;
  return encrypt(value, key, { source: context.source, field, subject: context.subjects[row] ?? '' });
}

function safeEventId(id: string | null, row: number, { fields, tokens }: Context): string | null {
  const isSafe =
    id === null ||
    !mentions(
      id,
      fields.map(({ values }) => values[row]),
    );
  return isSafe ? id : tokens.ofEventId(id);
}

/** The other personal values of a row, which a free text must not repeat. */
const knownValues = (row: number, { fields }: Context): readonly KnownValue[] =>
  fields.flatMap(({ kind, values }) => {
    const value = values[row] ?? null;
    return kind === 'free_text' || value === null ? [] : [{ kind, value }];
  });

type DerivedSuffix = Exclude<ProtectedSuffix, 'token' | 'encrypted' | 'redacted'>;

/** What can be told of a value because many share it. */
function derived(suffix: DerivedSuffix, kind: PersonalKind, value: string, spelling: string): Cell {
  switch (suffix) {
    case 'domain':
      return emailDomain(spelling) ?? null;
    case 'is_valid':
      return kind === 'email' ? emailDomain(spelling) !== undefined : isPhone(value);
    case 'area':
      return postcodeArea(spelling) ?? null;
    case 'year':
      return Number(spelling.slice(0, 4));
    case 'network':
      return networkOf(spelling) ?? null;
  }
}
