import { TributaryError } from '../common/errors.ts';

/** A column type, whichever spelling it came in. Each consumer (DuckDB, Iceberg, Hive) is a small function over this. */
export type SqlType =
  | { readonly kind: SimpleKind }
  | { readonly kind: 'timestamp'; readonly withTimeZone: boolean }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'array'; readonly element: SqlType }
  | { readonly kind: 'map'; readonly key: SqlType; readonly value: SqlType }
  | { readonly kind: 'row'; readonly fields: readonly { readonly name: string; readonly type: SqlType }[] };

type SimpleKind = 'boolean' | 'integer' | 'bigint' | 'real' | 'double' | 'varchar' | 'binary' | 'date';

const SIMPLE: Readonly<Record<string, SimpleKind>> = {
  boolean: 'boolean',
  tinyint: 'integer',
  smallint: 'integer',
  int: 'integer',
  integer: 'integer',
  bigint: 'bigint',
  float: 'real',
  real: 'real',
  double: 'double',
  varchar: 'varchar',
  char: 'varchar',
  string: 'varchar',
  varbinary: 'binary',
  binary: 'binary',
  date: 'date',
};

/**
 * Reads a type as Athena spells it in queries (`array(varchar)`, `row(a bigint)`) or in DDL (`array<string>`,
 * `struct<a:bigint>`). Throws `unknown_type`.
 */
export function parseType(text: string): SqlType {
  const tokens = text.toLowerCase().match(/[a-z_0-9]+|[()<>,:]/g) ?? [];
  const reader = new TypeReader(tokens, text);
  const type = reader.type();
  reader.end();
  return type;
}

class TypeReader {
  private readonly tokens: readonly string[];
  private readonly text: string;
  private position = 0;

  constructor(tokens: readonly string[], text: string) {
    this.tokens = tokens;
    this.text = text;
  }

  type(): SqlType {
    const name = this.next();
    const simple = SIMPLE[name];
    if (simple !== undefined) {
      this.parameters(); // varchar(20): a length bounds nothing in a lake
      return { kind: simple };
    }
    switch (name) {
      case 'timestamp':
        return this.timestamp();
      case 'decimal':
      case 'numeric': {
        const [precision = 38, scale = 0] = this.parameters();
        return { kind: 'decimal', precision, scale };
      }
      case 'array':
        return this.nested(() => ({ kind: 'array', element: this.type() }));
      case 'map':
        return this.nested(() => ({ kind: 'map', key: this.type(), value: this.afterComma() }));
      case 'row':
      case 'struct':
        return this.nested(() => ({ kind: 'row', fields: this.fields() }));
      default:
        return this.fail();
    }
  }

  end(): void {
    if (this.position !== this.tokens.length) this.fail();
  }

  private timestamp(): SqlType {
    this.parameters(); // timestamp(3) or timestamp(6): stored with microseconds either way
    const withTimeZone = this.peek() === 'with';
    if (withTimeZone) for (const word of ['with', 'time', 'zone']) this.expect(word);
    return { kind: 'timestamp', withTimeZone };
  }

  private parameters(): number[] {
    if (this.peek() !== '(') return [];
    const numbers: number[] = [];
    do {
      this.next();
      numbers.push(Number(this.next()));
    } while (this.peek() === ',');
    this.expect(')');
    return numbers.every(Number.isInteger) ? numbers : this.fail();
  }

  private nested(inner: () => SqlType): SqlType {
    const open = this.next();
    if (open !== '(' && open !== '<') this.fail();
    const type = inner();
    this.expect(open === '(' ? ')' : '>');
    return type;
  }

  private afterComma(): SqlType {
    this.expect(',');
    return this.type();
  }

  private fields(): { name: string; type: SqlType }[] {
    const fields: { name: string; type: SqlType }[] = [];
    do {
      if (fields.length > 0) this.next();
      const name = this.next();
      if (this.peek() === ':') this.next();
      fields.push({ name, type: this.type() });
    } while (this.peek() === ',');
    return fields;
  }

  private peek(): string | undefined {
    return this.tokens[this.position];
  }

  private next(): string {
    const token = this.tokens[this.position];
    this.position += 1;
    return token ?? this.fail();
  }

  private expect(token: string): void {
    if (this.next() !== token) this.fail();
  }

  private fail(): never {
    throw new TributaryError({
      code: 'unknown_type',
      message: `"${this.text}" is not a column type`,
      advice: 'Use boolean, integer, bigint, double, varchar, date, timestamp, decimal(p,s) or array(type).',
    });
  }
}
