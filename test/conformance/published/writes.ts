import type { OtherEngine } from './lake.ts';

export interface Write {
  readonly way: string;
  readonly statements: (table: string) => readonly string[];
}

const INSERT = (table: string): string =>
  `insert into ${table} values (1000, 'theirs', date '2026-05-01'), (1001, null, null)`;

/** Ways of an engine to change a table of ours that leave no files of deletions, and the statements that do it. */
export const WRITES: Readonly<Record<OtherEngine, readonly Write[]>> = {
  Trino: [
    { way: 'insert', statements: (name) => [INSERT(name)] },
    {
      way: 'delete of whole partitions',
      statements: (name) => [`delete from ${name} where sold_on = date '2026-01-02'`],
    },
    {
      way: 'a new column',
      statements: (name) => [
        `alter table ${name} add column extra bigint`,
        `insert into ${name} values (1000, 'theirs', date '2026-05-01', 5)`,
      ],
    },
    {
      way: 'a new partitioning',
      statements: (name) => [`alter table ${name} set properties partitioning = array['month(sold_on)']`, INSERT(name)],
    },
  ],
  Spark: [
    { way: 'insert', statements: (name) => [INSERT(name)] },
    {
      way: 'insert overwrite',
      statements: (name) => [`insert overwrite ${name} values (1000, 'theirs', date '2026-05-01')`],
    },
    {
      way: 'insert overwrite of a partition',
      statements: (name) => [
        'set spark.sql.sources.partitionOverwriteMode=dynamic',
        `insert overwrite ${name} values (1000, 'theirs', date '2026-01-02')`,
        'reset spark.sql.sources.partitionOverwriteMode',
      ],
    },
    { way: 'delete', statements: (name) => [`delete from ${name} where id = 7`] },
    {
      way: 'update',
      statements: (name) => [`update ${name} set name = 'theirs', sold_on = date '2026-05-01' where id = 7`],
    },
    {
      way: 'merge',
      statements: (name) => [
        `merge into ${name} t using (select 7L as id union all select 1000L) s on t.id = s.id when matched then update set name = 'theirs' when not matched then insert (id, name) values (s.id, 'new')`,
      ],
    },
    {
      way: 'a new column',
      statements: (name) => [
        `alter table ${name} add column extra bigint`,
        `insert into ${name} values (1000, 'theirs', date '2026-05-01', 5)`,
      ],
    },
    {
      way: 'a new partitioning',
      statements: (name) => [`alter table ${name} replace partition field sold_on with months(sold_on)`, INSERT(name)],
    },
  ],
};
