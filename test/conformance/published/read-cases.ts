import { expect, it } from 'vitest';
import { createTable, type DataFile, expireSnapshots, rollback, type Snapshot } from '../../../engine/iceberg/index.ts';
import { DATABASE, define, type Lake, plain, THREE_DAYS } from './lake.ts';

const asOf = ({ id }: Snapshot): string => `for version as of ${id}`;

/** Another engine sees every table that our committer published as we do. */
export function itReadsWhatWePublish(started: () => Lake): void {
  it('every type, with nulls', async () => {
    const lake = started();
    const types = ['boolean', 'integer', 'bigint', 'real', 'double', 'varchar', 'date', 'timestamp', 'decimal(5,2)'];
    const all = [...types, 'decimal(18,4)', 'decimal(38,6)', 'varbinary', 'array(varchar)', 'array(bigint)'];
    const columns = all.map((type, index) => ({ name: `c${index}`, type, description: `A ${type}` }));
    const definition = define('all_types', { columns: [...define('').columns.slice(0, 1), ...columns], sortBy: [] });
    await lake.create(
      definition,
      `select 1 as id, true as c0, -5 as c1, 9007199254740993 as c2, 1.5::float as c3, -0.1::double as c4, 'żółw 🐢' as c5,
         date '1969-07-20' as c6, timestamp '1969-07-20 20:17:40.123456' as c7, -123.45::decimal(5,2) as c8,
         12345678901234.5678::decimal(18,4) as c9, -12345678901234567890123456789012.345678::decimal(38,6) as c10,
         'abc'::blob as c11, ['x', null, 'y'] as c12, [1, 2]::bigint[] as c13
       union all select 2, ${columns.map(({ type }, index) => `cast(null as ${DUCKDB_SPELLING[type] ?? type}) as c${index}`)}
       union all select 3, false, 2147483647, -9223372036854775808, 0, 'infinity'::double, '', date '2026-02-28',
         timestamp '2026-11-21 00:00:00', 0, 0, 0, ''::blob, [], []`,
    );
    const fields = (hex: string): string =>
      all.map((type, index) => (type === 'varbinary' ? `${hex}(c${index})` : `c${index}`)).join(', ');
    const { other, engine } = lake;
    const theirs = await other.query(`select id, ${fields(other.hex)} from ${other.table('all_types')} order by id`);
    const ours = await engine.query({
      sql: `select id, ${fields('hex')} from ${DATABASE}.all_types order by id`,
      inputs: [await lake.input('all_types')],
      asOf: '2026-11-21',
    });
    expect(theirs.rows.map((row) => row.map((value) => plain(exact(value))))).toEqual(
      ours.map((row) => Object.values(row).map((value) => plain(exact(value)))),
    );
    expect(theirs.columns.map(({ type }) => type.replace('(6)', '').replace(', ', ','))).toEqual(
      ['bigint', ...all].map((type) => (type === 'varbinary' ? 'varchar' : type)),
    );
  });

  it('the bounds of every type that has them', async () => {
    const columns = ['id', ...Array.from({ length: 12 }, (_, index) => `c${index}`)];
    const [[rows, ...values] = []] = await started().other.files('all_types', columns);
    const every = (from: number): readonly unknown[] => values.filter((_, index) => index % 3 === from);
    expect(rows).toBe('3');
    expect(every(0)).toEqual([
      ...['1', 'false', '-5', '-9223372036854775808', '-0.0', '-0.1', '', '1969-07-20', '1969-07-20 20:17:40.123456'],
      ...['-123.45', '0.0000', '-12345678901234567890123456789012.345678', null],
    ]);
    // Infinity is no bound.
    expect(every(1)).toEqual([
      ...['3', 'true', '2147483647', '9007199254740993', '1.5', null, 'żółw 🐢', '2026-02-28', '2026-11-21 00:00:00'],
      ...['0.00', '12345678901234.5678', '0.000000', null],
    ]);
    expect(every(2)).toEqual(['0', ...Array.from({ length: 12 }, () => '1')]);
  });

  it('an empty table, with its comments', async () => {
    const { catalog, io, other } = started();
    await createTable(catalog, io, define('empty'));
    expect((await other.query(`select count(*) from ${other.table('empty')}`)).rows).toEqual([[0]]);
    const { rows } = await other.query(`show create table ${other.table('empty')}`);
    expect(String(rows[0]?.[0])).toMatch(
      /name (varchar|string) COMMENT 'What it is called'[\s\S]*COMMENT 'A table for tests'/i,
    );
  });

  it('every version, by id and by time', async () => {
    const lake = started();
    const definition = define('versions', { partitionBy: [{ column: 'sold_on', transform: 'identity' }] });
    const first = await lake.create(definition, THREE_DAYS);
    const second = await lake.publish({
      definition,
      sql: THREE_DAYS.replaceAll('item', 'more').replace('i as id', 'i + 100 as id'),
    });
    const third = await lake.publish({
      definition,
      operation: 'overwrite',
      remove: (file) => file.partition[0] === 20_454,
      sql: `select 500::bigint as id, 'new' as name, date '2026-01-01' as sold_on`,
    });
    const fourth = await lake.publish({ definition, operation: 'replace', sql: THREE_DAYS });
    for (const snapshot of [first, second, third, fourth]) {
      expect(await lake.theirs('versions', asOf(snapshot))).toEqual(
        await lake.ours('versions', { snapshotId: snapshot.id }),
      );
    }
    const counts = [first, second, third, fourth].map(({ summary }) => Number(summary['total-records']));
    expect(counts).toEqual([30, 60, 41, 30]);
    const moment = new Date(second.timestampMs).toISOString().replace('T', ' ').replace('Z', ' UTC');
    expect(await lake.theirs('versions', `for timestamp as of timestamp '${moment}'`)).toEqual(
      await lake.ours('versions', { asOfMs: second.timestampMs }),
    );
  });

  it('an older version after a rollback to it', async () => {
    const lake = started();
    const definition = define('rolled_back');
    const first = await lake.create(definition, THREE_DAYS);
    await lake.publish({ definition, operation: 'replace', sql: THREE_DAYS.replaceAll('item', 'wrong') });
    await rollback(lake.catalog, lake.io, await lake.load('rolled_back'), first.id);
    expect(await lake.theirs('rolled_back')).toEqual(await lake.ours('rolled_back'));
    expect((await lake.theirs('rolled_back'))[0]?.[1]).toBe('item 0');
    await lake.publish({ definition, sql: THREE_DAYS.replace('i as id', 'i + 100 as id') });
    expect(await lake.theirs('rolled_back')).toEqual(await lake.ours('rolled_back'));
    expect(await lake.theirs('rolled_back')).toHaveLength(60);
  });

  it('the history, with our properties', async () => {
    const lake = started();
    const definition = define('history');
    const published = [await lake.create(definition, THREE_DAYS), await lake.publish({ definition, sql: THREE_DAYS })];
    expect(await lake.other.snapshots('history', ['tributary.run-id', 'total-records'])).toEqual(
      published.map(({ id }, index) => [id, 'conformance', String(30 * (index + 1))]),
    );
  });

  it.each([
    ['identity', `sold_on = date '2026-01-02'`],
    ['day', `sold_at >= timestamp '2026-01-02 00:00:00' and sold_at < timestamp '2026-01-03 00:00:00'`],
    ['month', `sold_at < timestamp '2026-02-01 00:00:00'`],
  ] as const)('only the files of the partitions asked for, by %s', async (transform, condition) => {
    const lake = started();
    const column = transform === 'identity' ? 'sold_on' : 'sold_at';
    const extra = { name: 'sold_at', type: 'timestamp', description: '' };
    const definition = define(`by_${transform}`, {
      columns: [...define('').columns, extra],
      partitionBy: [{ column, transform }],
    });
    await lake.create(
      definition,
      `select *, sold_on + interval (${transform === 'month' ? 'id % 3 * 31' : '0'}) day + interval 5 hour as sold_at from (${THREE_DAYS})`,
    );
    const { rows, processedRows } = await lake.other.query(
      `select count(*), sum(id), min(name) from ${lake.other.table(definition.table)} where ${condition}`,
    );
    expect(rows[0]?.[0]).toBe(10);
    expect(processedRows).toBe(10);
  });

  it('only the files whose bounds fit, and no row too few', async () => {
    const lake = started();
    const { other } = lake;
    const definition = define('bounds');
    await createTable(lake.catalog, lake.io, definition);
    for (const start of [0, 1000, 2000]) {
      await lake.publish({
        definition,
        sql: THREE_DAYS.replace('i as id', `i + ${start} as id`).replace('item', `a long name ${start}`),
      });
    }
    expect(await other.files('bounds', ['id', 'name', 'sold_on'])).toEqual([
      ['30', '0', '29', '0', 'a long name 0 0', 'a long name 0 9', '0', '2026-01-01', '2026-01-03', '0'],
      ['30', '1000', '1029', '0', 'a long name 1000', 'a long name 1001', '0', '2026-01-01', '2026-01-03', '0'],
      ['30', '2000', '2029', '0', 'a long name 2000', 'a long name 2001', '0', '2026-01-01', '2026-01-03', '0'],
    ]);
    const byId = await other.query(
      `select count(*), sum(id), min(name) from ${other.table('bounds')} where id between 1010 and 1100`,
    );
    expect([byId.rows[0]?.[0], byId.processedRows]).toEqual([20, 30]);
    const byName = await other.query(
      `select count(*), sum(id), min(name) from ${other.table('bounds')} where name = 'a long name 2000 7'`,
    );
    expect([byName.rows[0]?.[0], byName.processedRows]).toEqual([1, 30]);
  });

  it('old files after columns were added, widened, renamed and dropped', async () => {
    const lake = started();
    const before = define('evolved', {
      columns: [
        ...define('').columns,
        { name: 'quantity', type: 'integer', description: '' },
        { name: 'amount', type: 'decimal(9,2)', description: '' },
      ],
    });
    const first = await lake.create(before, `select *, 7 as quantity, 1.25 as amount from (${THREE_DAYS})`);
    const after = define('evolved', {
      columns: [
        { name: 'id', type: 'bigint', description: '' },
        { name: 'units', type: 'bigint', description: '' },
        { name: 'amount', type: 'decimal(18,2)', description: '' },
        { name: 'title', type: 'varchar', description: '' },
        { name: 'tags', type: 'array(varchar)', description: '' },
      ],
      sortBy: [],
    });
    await lake.publish({
      definition: after,
      renames: { units: 'quantity', title: 'name' },
      sql: `select 99::bigint as id, 3000000000 as units, 9999999999999999.99 as amount, 'new' as title, ['x'] as tags`,
    });
    const rows = await lake.theirs('evolved');
    expect(rows).toEqual(await lake.ours('evolved'));
    expect([rows[0], rows[30]]).toEqual([
      [0, 7, '1.25', 'item 0', null],
      [99, 3_000_000_000, '9999999999999999.99', 'new', ['x']],
    ]);
    expect(await lake.theirs('evolved', asOf(first))).toEqual(await lake.ours('evolved', { snapshotId: first.id }));
  });

  it('files of old and new partitioning side by side', async () => {
    const lake = started();
    const monthly = define('repartitioned', { partitionBy: [{ column: 'sold_on', transform: 'month' }] });
    await lake.create(monthly, THREE_DAYS);
    const daily = { ...monthly, partitionBy: [{ column: 'sold_on', transform: 'day' } as const] };
    await lake.publish({ definition: daily, sql: THREE_DAYS.replace('i as id', 'i + 100 as id') });
    expect(await lake.theirs('repartitioned')).toEqual(await lake.ours('repartitioned'));
    const old = (file: DataFile): boolean => file.partition[0] === 672;
    await lake.publish({ definition: daily, operation: 'overwrite', remove: old, sql: `${THREE_DAYS} where false` });
    expect(await lake.theirs('repartitioned')).toHaveLength(30);
  });

  it('what is left after old versions expired', async () => {
    const lake = started();
    const definition = define('expired');
    const first = await lake.create(definition, THREE_DAYS);
    await lake.publish({ definition, operation: 'replace', sql: THREE_DAYS.replaceAll('item', 'other') });
    const rule = { olderThanMs: Date.now() + 1000, keepLast: 1 };
    const { expiredSnapshots } = await expireSnapshots(lake.catalog, lake.io, await lake.load('expired'), rule);
    expect(expiredSnapshots).toBe(1);
    expect(await lake.theirs('expired')).toEqual(await lake.ours('expired'));
    await expect(lake.theirs('expired', asOf(first))).rejects.toThrow(/snapshot/i);
  });
}

const DUCKDB_SPELLING: Readonly<Record<string, string>> = {
  varbinary: 'blob',
  'array(varchar)': 'varchar[]',
  'array(bigint)': 'bigint[]',
};

/** Numbers as text, since JSON readers round large ones differently. */
const exact = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(exact) : value === null ? null : String(value);
