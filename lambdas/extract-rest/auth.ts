import { z } from 'zod';
import { TributaryError } from '../../common/errors.ts';
import type { RestExtraction } from '../../events/extract/extraction.ts';
import { parseJson } from '../../events/readers/json.ts';

/** What a request carries to be let in. */
export interface Auth {
  /** Headers with credentials: they never go to another host. */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** After a 401: whether other credentials can be had. */
  renew(): boolean;
  /** Replaces credentials in a text by dots. */
  redact(text: string): string;
}

const filled = z.string().min(1);

/** What the secret of each kind of auth holds, as JSON. */
const SECRETS = {
  bearer: z.object({ token: filled }),
  'api-key': z.object({ key: filled }),
  basic: z.object({ username: filled, password: filled }),
  oauth2: z.object({ clientId: filled, clientSecret: filled }),
};

/** Asks for a token: POST of a form, answered with JSON. */
export type PostForm = (
  url: string,
  form: URLSearchParams,
  headers: Readonly<Record<string, string>>,
) => Promise<string>;

/** Auth as an extraction's settings want it. Throws `secret_unusable`. */
export function authOf(extraction: RestExtraction, secret: string | undefined, postForm: PostForm): Auth {
  const { auth, name } = extraction;
  switch (auth.kind) {
    case 'none':
      return fixed({}, []);
    case 'bearer': {
      const { token } = read(SECRETS.bearer, secret, name);
      return fixed({ authorization: `Bearer ${token}` }, [token]);
    }
    case 'api-key': {
      const { key } = read(SECRETS['api-key'], secret, name);
      return fixed({ [auth.header]: key }, [key]);
    }
    case 'basic': {
      const { username, password } = read(SECRETS.basic, secret, name);
      const credentials = basic(username, password);
      return fixed({ authorization: `Basic ${credentials}` }, [password, credentials]);
    }
    case 'oauth2':
      return new ClientCredentials(auth, read(SECRETS.oauth2, secret, name), name, postForm);
  }
}

const basic = (username: string, password: string): string => Buffer.from(`${username}:${password}`).toString('base64');

const fixed = (headers: Readonly<Record<string, string>>, secrets: readonly string[]): Auth => ({
  headers: async () => headers,
  renew: () => false,
  redact: (text) => redact(text, secrets),
});

const redact = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((clean, secret) => clean.replaceAll(secret, '•••'), text);

function read<T>(schema: z.ZodType<T>, secret: string | undefined, name: string): T {
  const parsed = schema.safeParse(parseJson(secret ?? ''));
  if (parsed.success) return parsed.data;
  // What zod says names fields, never values.
  const message = `the secret is not what this kind of auth needs: ${z.prettifyError(parsed.error)}`;
  throw new TributaryError({
    code: 'secret_unusable',
    message,
    where: name,
    advice: 'Put it into Secrets Manager as JSON; docs/operations.md has the fields.',
  });
}

/** A token is used until shortly before it expires. */
const SPARE_MS = 30_000;
const DEFAULT_SECONDS = 300;

const tokenSchema = z.object({ access_token: filled, expires_in: z.coerce.number().positive().optional() });

/** OAuth 2.0 client credentials (RFC 6749, section 4.4). */
class ClientCredentials implements Auth {
  readonly #auth: Extract<RestExtraction['auth'], { kind: 'oauth2' }>;
  readonly #client: z.infer<typeof SECRETS.oauth2>;
  readonly #name: string;
  readonly #postForm: PostForm;
  #token: { readonly value: string; readonly until: number } | undefined;
  readonly #secrets: string[];

  constructor(
    auth: Extract<RestExtraction['auth'], { kind: 'oauth2' }>,
    client: z.infer<typeof SECRETS.oauth2>,
    name: string,
    postForm: PostForm,
  ) {
    this.#auth = auth;
    this.#client = client;
    this.#name = name;
    this.#postForm = postForm;
    this.#secrets = [client.clientSecret, basic(client.clientId, client.clientSecret)];
  }

  async headers(): Promise<Readonly<Record<string, string>>> {
    if (this.#token === undefined || this.#token.until <= Date.now()) this.#token = await this.#fetch();
    return { authorization: `Bearer ${this.#token.value}` };
  }

  renew(): boolean {
    this.#token = undefined;
    return true;
  }

  redact(text: string): string {
    return redact(text, this.#secrets);
  }

  async #fetch(): Promise<{ readonly value: string; readonly until: number }> {
    const { tokenUrl, scope } = this.#auth;
    const { clientId, clientSecret } = this.#client;
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) });
    const credentials = basic(encodeURIComponent(clientId), encodeURIComponent(clientSecret));
    const answer = await this.#postForm(tokenUrl, form, { authorization: `Basic ${credentials}` });
    const parsed = tokenSchema.safeParse(parseJson(answer));
    if (!parsed.success) {
      throw new TributaryError({
        code: 'api_gave_no_token',
        message: 'the answer of the token address has no access_token',
        where: this.#name,
        advice: 'check tokenUrl, scope and the secret of the extraction',
      });
    }
    const { access_token: value, expires_in: seconds = DEFAULT_SECONDS } = parsed.data;
    this.#secrets.push(value);
    return { value, until: Date.now() + Math.max(0, seconds * 1000 - SPARE_MS) };
  }
}
