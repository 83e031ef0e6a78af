import { DatabaseError } from 'pg';
import { asError, TributaryError } from '../../common/errors.ts';

interface Meaning {
  readonly code: string;
  readonly advice: string;
}

const AGAIN = 'The watermark stays; the next pull goes on from the last file that has landed.';
const SETTINGS = 'change the extraction in infra/environments.ts and deploy';

/** What SQL states mean, by the state or its class (its first two characters). */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  '28': {
    code: 'database_refused_credentials',
    advice: 'check user name and password in the secret of the extraction',
  },
  '3D': { code: 'database_not_found', advice: SETTINGS },
  '3F': { code: 'table_not_found', advice: SETTINGS },
  '42P01': { code: 'table_not_found', advice: SETTINGS },
  '42703': { code: 'column_not_found', advice: SETTINGS },
  '42501': {
    code: 'database_permission_denied',
    advice: 'grant usage on the schema and select on the table to the user',
  },
  '57014': {
    code: 'database_timed_out',
    advice: `${AGAIN} An index on version and key columns helps, or more statementSeconds.`,
  },
  '55P03': { code: 'database_timed_out', advice: `${AGAIN} Somebody holds a lock on the table.` },
  '40': { code: 'database_conflict', advice: AGAIN },
  '57': { code: 'database_connection_lost', advice: AGAIN },
  '08': { code: 'database_connection_lost', advice: AGAIN },
  '25P03': { code: 'database_connection_lost', advice: AGAIN },
  '53': { code: 'database_busy', advice: AGAIN },
};

const OTHER: Meaning = { code: 'database_failed', advice: AGAIN };

/** What pg or the database threw, in the platform's terms. Messages of these states hold names, no values of rows. */
export function databaseFailure(thrown: unknown, where: string): Error {
  if (thrown instanceof TributaryError) return thrown;
  if (thrown instanceof DatabaseError) {
    const { code: state = '', message } = thrown;
    const meaning = MEANINGS[state] ?? MEANINGS[state.slice(0, 2)];
    // The message of an unforeseen state may quote a value.
    const told =
      meaning === undefined ? `the database answered with SQL state ${state}` : `${message} (SQL state ${state})`;
    return new TributaryError({ ...(meaning ?? OTHER), message: told, where });
  }
  const error = asError(thrown);
  return new TributaryError({ ...connectionFailure(error), where, cause: thrown });
}

/** Failures below SQL: sockets, names, TLS. */
function connectionFailure(error: Error): Meaning & { readonly message: string } {
  const { code = '' } = error as NodeJS.ErrnoException;
  // Connection errors to several addresses come without a message of their own.
  const message = error.message || code;
  if (/timeout/i.test(message) && !code.startsWith('E')) return { code: 'database_timed_out', message, advice: AGAIN };
  if (/SSL|TLS|certificate|self.signed/i.test(`${code} ${message}`)) {
    const advice = 'put the certificate of the database’s authority into the secret as `ca`';
    return { code: 'database_tls_failed', message, advice };
  }
  if (/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/.test(code)) {
    const advice = `${AGAIN} Check host and port, and that the function’s network reaches them.`;
    return { code: 'database_unreachable', message, advice };
  }
  return { code: 'database_connection_lost', message, advice: AGAIN };
}
