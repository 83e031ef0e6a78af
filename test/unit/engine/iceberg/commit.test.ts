import { describe, expect, it, vi } from 'vitest';
import { decodeAvro, encodeAvro } from '../../../../engine/iceberg/avro.ts';
import {
  commit,
  createTable,
  type DataFile,
  dataFiles,
  loadTable,
  plannedColumns,
  snapshotOf,
  snapshots,
  tableColumns,
} from '../../../../engine/iceberg/index.ts';
import { decodeManifestList } from '../../../../engine/iceberg/manifest.ts';
import { FIELD_NAMES, MANIFEST_LIST_SCHEMA } from '../../../../engine/iceberg/manifest-schemas.ts';
import { DEFINITION, type LakeTable, LOCATION, lakeTable } from './lake-table.ts';

const add = (table: LakeTable, ...names: string[]): DataFile[] => names.map((name) => table.file(name));
const path = (name: string): string => `${LOCATION}/data/${name}.parquet`;

async function manifestsOf(table: LakeTable) {
  const list = snapshotOf(await table.load())?.manifestList ?? '';
  return decodeManifestList(await table.io.read(list), list);
}

describe('createTable', () => {
  it('makes a table without a version, which reads as empty', async () => {
    const table = await lakeTable();
    expect(await table.livePaths()).toEqual([]);
    expect(snapshots(await table.load())).toEqual([]);
    expect(tableColumns(await table.load())).toEqual([
      { id: 1, name: 'sale_id', type: 'varchar' },
      { id: 2, name: 'quantity', type: 'integer' },
      { id: 3, name: 'amount', type: 'decimal(18,2)' },
      { id: 4, name: 'sold_on', type: 'date' },
    ]);
  });

  it('refuses a name that is taken, and leaves no file behind', async () => {
    const { catalog, io, files } = await lakeTable();
    const before = files.size;
    await expect(createTable(catalog, io, DEFINITION)).rejects.toMatchObject({ code: 'table_exists' });
    expect(files.size).toBe(before);
  });

  it('is undefined to loadTable where the catalog has no such name', async () => {
    const { catalog, io } = await lakeTable();
    expect(await loadTable(catalog, io, 'gold', 'unknown')).toBeUndefined();
  });
});

describe('commit', () => {
  it('makes one manifest of many, and leaves the files and the earlier versions as they are', async () => {
    const table = await lakeTable();
    const names = Array.from({ length: 40 }, (_, index) => `file-${index}`);
    for (const name of names) await table.commit({ add: add(table, name) });
    expect(await manifestsOf(table)).toHaveLength(40);
    const before = snapshotOf(await table.load())?.id ?? '';
    await table.commit({ operation: 'overwrite', add: add(table, 'new'), remove: [path('file-7')] });
    expect(await manifestsOf(table)).toHaveLength(2);
    const rest = names.filter((name) => name !== 'file-7').map(path);
    expect(new Set(await table.livePaths())).toEqual(new Set([...rest, path('new')]));
    expect(new Set(await table.livePaths({ snapshotId: before }))).toEqual(new Set(names.map(path)));
    const { summary } = snapshotOf(await table.load()) ?? {};
    expect(summary).toMatchObject({ 'total-data-files': '40', 'deleted-data-files': '1', 'added-data-files': '1' });
    const [merged] = (await manifestsOf(table)).filter((manifest) => manifest.existing_files_count > 0);
    expect(merged).toMatchObject({ existing_files_count: 39, deleted_files_count: 1, min_sequence_number: 1n });
  });

  it('gives back files with their statistics and partition values', async () => {
    const table = await lakeTable();
    const stats = { valueCount: 10, nullCount: 1, size: 55, lower: Buffer.from('a'), upper: Buffer.from('z') };
    const written = [
      table.file('one', { stats: new Map([[1, stats]]) }),
      table.file('two', { partition: [null], rows: 3, bytes: 2 ** 40 }),
    ];
    await table.commit({ add: written });
    expect(await dataFiles(table.io, await table.load())).toEqual(written);
  });

  it('appends to what is there without reading or copying its manifests', async () => {
    const table = await lakeTable();
    await table.commit({ add: add(table, 'one') });
    const before = await manifestsOf(table);
    const read = vi.spyOn(table.io, 'read');
    await table.commit({ add: add(table, 'two') });
    expect(read.mock.calls.flat().filter((uri) => uri.endsWith('-m0.avro'))).toEqual([]);
    expect(await manifestsOf(table)).toEqual([expect.anything(), ...before]);
    expect(await table.livePaths()).toEqual([path('one'), path('two')]);
  });

  it('overwrites given files only; a manifest that loses none stays as it is', async () => {
    const table = await lakeTable();
    await table.commit({ add: add(table, 'kept') });
    const [untouched] = await manifestsOf(table);
    await table.commit({ add: add(table, 'left', 'gone') });
    await table.commit({ operation: 'overwrite', add: add(table, 'new'), remove: [path('gone')] });
    expect(await table.livePaths()).toEqual([path('kept'), path('left'), path('new')]);
    const manifests = await manifestsOf(table);
    expect(manifests).toContainEqual(untouched);
    expect(
      manifests.map((file) => [file.added_files_count, file.existing_files_count, file.deleted_files_count]),
    ).toEqual([
      [1, 0, 0],
      [0, 1, 1],
      [1, 0, 0],
    ]);
  });

  it('replaces everything, with nothing too', async () => {
    const table = await lakeTable();
    await table.commit({ add: add(table, 'one', 'two') });
    await table.commit({ operation: 'replace', add: add(table, 'three') });
    expect(await table.livePaths()).toEqual([path('three')]);
    await table.commit({ operation: 'replace' });
    expect(await table.livePaths()).toEqual([]);
  });

  it('keeps totals and the caller’s properties in the summary', async () => {
    const table = await lakeTable();
    await table.commit({ add: [table.file('one', { rows: 7, bytes: 50 }), table.file('two', { rows: 5, bytes: 30 })] });
    const snapshot = await table.commit({
      operation: 'overwrite',
      add: [table.file('three', { rows: 2, bytes: 9 })],
      remove: [path('one')],
      properties: { 'tributary.run-id': 'r1' },
    });
    expect(snapshot.summary).toMatchObject({
      operation: 'overwrite',
      'added-records': '2',
      'deleted-records': '7',
      'total-data-files': '2',
      'total-records': '7',
      'total-files-size': '39',
      'tributary.run-id': 'r1',
    });
  });

  it('reads any version that is left, by id and by time', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 2_000_000_000_000 });
    const table = await lakeTable();
    const first = await table.commit({ add: add(table, 'one') });
    vi.setSystemTime(2_000_000_060_000);
    const second = await table.commit({ operation: 'replace', add: add(table, 'two') });
    vi.useRealTimers();
    expect(snapshots(await table.load())).toEqual([first, second]);
    expect(await table.livePaths({ snapshotId: first.id })).toEqual([path('one')]);
    expect(await table.livePaths({ asOfMs: 2_000_000_059_999 })).toEqual([path('one')]);
    expect(await table.livePaths({ asOfMs: 2_000_000_060_000 })).toEqual([path('two')]);
    await expect(table.livePaths({ asOfMs: 1_999_999_999_999 })).rejects.toMatchObject({ code: 'no_such_snapshot' });
    await expect(table.livePaths({ snapshotId: '12' })).rejects.toMatchObject({ code: 'no_such_snapshot' });
  });

  it('summarises partitions in the manifest list, so that readers skip manifests', async () => {
    const table = await lakeTable();
    await table.commit({
      add: [617, 612, null].map((month, index) => table.file(`f${index}`, { partition: [month] })),
    });
    const [manifest] = await manifestsOf(table);
    expect(manifest?.partitions?.map((summary) => ({ ...summary }))).toEqual([
      {
        contains_null: true,
        contains_nan: false,
        lower_bound: Buffer.from([0x64, 2, 0, 0]),
        upper_bound: Buffer.from([0x69, 2, 0, 0]),
      },
    ]);
  });

  it('refuses files whose partition values do not fit the table', async () => {
    const table = await lakeTable();
    const commit = table.commit({ add: [table.file('one', { partition: [] })] });
    await expect(commit).rejects.toMatchObject({ code: 'unsupported_partition' });
  });
});

describe('a conflict', () => {
  it('publishes nothing, keeps the other writer’s version and cleans up', async () => {
    const table = await lakeTable();
    const stale = await table.load();
    await table.commit({ add: add(table, 'theirs') });
    const filesBefore = [...table.files.keys()];
    const ours = { operation: 'append', add: add(table, 'ours'), properties: {} } as const;
    await expect(commit(table.catalog, table.io, stale, ours)).rejects.toMatchObject({ code: 'commit_conflict' });
    expect(await table.livePaths()).toEqual([path('theirs')]);
    expect([...table.files.keys()]).toEqual([...filesBefore, path('ours')]);
  });

  it('is none where the answer to our own successful request was lost', async () => {
    const table = await lakeTable();
    const swap = table.catalog.swap.bind(table.catalog);
    vi.spyOn(table.catalog, 'swap').mockImplementationOnce(async (...args) => {
      await swap(...args);
      await table.commit({ add: add(table, 'next') });
      throw new Error('ConcurrentModificationException');
    });
    await table.commit({ add: add(table, 'ours') });
    expect(await table.livePaths()).toEqual([path('next'), path('ours')]);
  });

  it('leaves all files where it cannot be told whether the swap took place', async () => {
    const table = await lakeTable();
    const loaded = await table.load();
    vi.spyOn(table.catalog, 'swap').mockRejectedValueOnce(new Error('timeout'));
    vi.spyOn(table.catalog, 'get').mockRejectedValueOnce(new Error('unreachable'));
    const request = { operation: 'append', add: add(table, 'ours'), properties: {} } as const;
    const filesBefore = table.files.size;
    await expect(commit(table.catalog, table.io, loaded, request)).rejects.toThrow('timeout');
    expect(table.files.size).toBe(filesBefore + 3);
  });

  it('is met when a file to be removed is no longer part of the table', async () => {
    const table = await lakeTable();
    await table.commit({ add: add(table, 'one') });
    const overwrite = table.commit({ operation: 'overwrite', remove: [path('one'), path('other')] });
    await expect(overwrite).rejects.toMatchObject({ code: 'commit_conflict' });
  });
});

describe('evolution', () => {
  const columns = DEFINITION.columns;

  it('widens, renames, adds and drops columns, and never gives an id a second time', async () => {
    const table = await lakeTable();
    await table.commit({ add: add(table, 'one') });
    const evolved = {
      ...DEFINITION,
      columns: [
        { name: 'sale_id', type: 'varchar', description: '' },
        { name: 'units', type: 'bigint', description: '' },
        { name: 'amount', type: 'decimal(20,2)', description: '' },
        { name: 'sold_on', type: 'date', description: '' },
        { name: 'tags', type: 'array(varchar)', description: '' },
      ],
    };
    await table.commit({ definition: evolved, renames: { units: 'quantity' } });
    expect(tableColumns(await table.load())).toEqual([
      { id: 1, name: 'sale_id', type: 'varchar' },
      { id: 2, name: 'units', type: 'bigint' },
      { id: 3, name: 'amount', type: 'decimal(20,2)' },
      { id: 4, name: 'sold_on', type: 'date' },
      { id: 5, name: 'tags', type: 'array(varchar)', elementId: 6 },
    ]);
    await table.commit({ definition: { ...evolved, columns: evolved.columns.slice(0, 4) } });
    const again = {
      ...evolved,
      columns: [...evolved.columns.slice(0, 4), { name: 'tags', type: 'varchar', description: '' }],
    };
    await table.commit({ definition: again });
    expect(tableColumns(await table.load()).at(-1)).toEqual({ id: 7, name: 'tags', type: 'varchar' });
    expect(await table.livePaths()).toEqual([path('one')]);
  });

  it('does not take a renamed column for the new column of the old name', async () => {
    const table = await lakeTable();
    const definition = { ...DEFINITION, columns: [...columns, { name: 'units', type: 'integer', description: '' }] };
    await table.commit({ definition, renames: { units: 'quantity' } });
    expect(tableColumns(await table.load()).map(({ id, name }) => [name, id])).toEqual([
      ['sale_id', 1],
      ['quantity', 5],
      ['amount', 3],
      ['sold_on', 4],
      ['units', 2],
    ]);
  });

  it('refuses to change a type in place, but makes a new field of it where all files are replaced', async () => {
    const table = await lakeTable();
    await table.commit({ add: add(table, 'one') });
    const definition = {
      ...DEFINITION,
      columns: columns.map((column) => (column.name === 'amount' ? { ...column, type: 'decimal(18,4)' } : column)),
    };
    await expect(table.commit({ definition })).rejects.toMatchObject({ code: 'incompatible_schema' });
    const planned = plannedColumns(await table.load(), { operation: 'replace', definition });
    await table.commit({ operation: 'replace', definition });
    expect(planned[2]).toEqual({ id: 5, name: 'amount', type: 'decimal(18,4)' });
    expect(tableColumns(await table.load())).toEqual(planned);
  });

  it('reads an old version with the columns it had', async () => {
    const table = await lakeTable();
    const { id: snapshotId } = await table.commit({ add: add(table, 'one') });
    await table.commit({ definition: { ...DEFINITION, columns: columns.slice(1), sortBy: [] } });
    expect(tableColumns(await table.load(), { snapshotId })).toHaveLength(4);
    expect(tableColumns(await table.load())).toHaveLength(3);
  });

  it('may be partitioned by moments, exact to the microsecond', async () => {
    const columns = [...DEFINITION.columns, { name: 'sold_at', type: 'timestamp', description: '' }];
    const partitionBy = [{ column: 'sold_at', transform: 'identity' } as const];
    const table = await lakeTable({ ...DEFINITION, columns, partitionBy });
    const partition = [1_793_000_000_000_001n];
    await table.commit({ add: [table.file('a', { partition })] });
    const [file] = await dataFiles(table.io, await table.load());
    expect(file?.partition).toEqual(partition);
  });

  it('adds a partition spec and takes it back, while old files keep theirs', async () => {
    const table = await lakeTable();
    await table.commit({ add: add(table, 'monthly') });
    const daily = { ...DEFINITION, partitionBy: [{ column: 'sold_on', transform: 'day' } as const] };
    await table.commit({ definition: daily, add: [table.file('daily', { partition: [18_262] })] });
    const back = await table.commit({ definition: DEFINITION, add: add(table, 'again') });
    const { metadata } = await table.load();
    expect(metadata['partition-specs'].map((spec) => spec.fields.map((field) => field['field-id']))).toEqual([
      [1000],
      [1001],
    ]);
    expect(metadata['default-spec-id']).toBe(0);
    const partitions = (await dataFiles(table.io, await table.load())).map((file) => file.partition);
    expect(partitions).toEqual([[600], [18_262], [600]]);
    await table.commit({ operation: 'overwrite', remove: [path('daily')] });
    expect(await table.livePaths({ snapshotId: back.id })).toHaveLength(3);
    expect(await table.livePaths()).toEqual([path('again'), path('monthly')]);
  });

  it.each([
    [{ column: 'nowhere', transform: 'identity' }],
    [{ column: 'sale_id', transform: 'day' }],
    [{ column: 'amount', transform: 'identity' }],
  ] as const)('refuses the partitioning %o', async (by) => {
    await expect(lakeTable({ ...DEFINITION, partitionBy: [by] })).rejects.toMatchObject({
      code: 'unsupported_partition',
    });
  });
});

describe('other writers', () => {
  it('may have ids beyond 2^53, which stay exact', async () => {
    const table = await lakeTable();
    await table.commit({ add: add(table, 'one') });
    const { entry } = await table.load();
    const text = Buffer.from(await table.io.read(entry.metadataLocation)).toString();
    const ours = snapshotOf(await table.load())?.id ?? '';
    table.files.set(entry.metadataLocation, Buffer.from(text.replaceAll(`:${ours}`, ':9123456789012345679')));
    await table.commit({ add: add(table, 'two') });
    const loaded = await table.load();
    expect(snapshots(loaded)[0]?.id).toBe('9123456789012345679');
    expect(loaded.metadata.snapshots?.[1]?.['parent-snapshot-id']).toBe(9123456789012345679n);
    expect(await table.livePaths({ snapshotId: '9123456789012345679' })).toEqual([path('one')]);
  });

  it('may leave delete files, which readers and writers refuse by name until all is replaced', async () => {
    const table = await lakeTable();
    await table.commit({ add: add(table, 'one') });
    const list = snapshotOf(await table.load())?.manifestList ?? '';
    const { metadata, records } = decodeAvro(await table.io.read(list), FIELD_NAMES, list);
    const [manifest] = decodeManifestList(await table.io.read(list), list);
    const deletes = { ...manifest, content: 1 };
    table.files.set(list, encodeAvro({ schema: MANIFEST_LIST_SCHEMA, metadata, records: [...records, deletes] }));
    const refusal = { code: 'delete_files_unsupported', where: 'gold.sales' };
    await expect(table.livePaths()).rejects.toMatchObject(refusal);
    await expect(table.commit({ add: add(table, 'two') })).rejects.toMatchObject(refusal);
    await table.commit({ operation: 'replace', add: add(table, 'three') });
    expect(await table.livePaths()).toEqual([path('three')]);
  });

  it('may use another format version, which is refused', async () => {
    const table = await lakeTable();
    const { entry } = await table.load();
    const text = Buffer.from(await table.io.read(entry.metadataLocation)).toString();
    table.files.set(entry.metadataLocation, Buffer.from(text.replace('"format-version":2', '"format-version":3')));
    await expect(table.load()).rejects.toMatchObject({ code: 'unsupported_table_format' });
  });

  it('may write manifest lists under the names of format version 1', () => {
    const schema = JSON.parse(
      JSON.stringify(MANIFEST_LIST_SCHEMA).replace('added_files_count', 'added_data_files_count'),
    );
    const counts = { added_data_files_count: 4, existing_files_count: 0, deleted_files_count: 0 };
    const rows = { added_rows_count: 1n, existing_rows_count: 0n, deleted_rows_count: 0n };
    const record = {
      manifest_path: 'm',
      manifest_length: 1n,
      partition_spec_id: 0,
      content: 0,
      sequence_number: 1n,
      min_sequence_number: 1n,
      added_snapshot_id: 1n,
      ...counts,
      ...rows,
      partitions: null,
      key_metadata: null,
    };
    const [decoded] = decodeManifestList(encodeAvro({ schema, metadata: {}, records: [record] }), 'list');
    expect(decoded?.added_files_count).toBe(4);
  });

  it.each(['', 'Obj\x01', 'PAR1 is not Avro'])('whose Avro file is broken (%j) get a named error', (content) => {
    expect(() => decodeManifestList(Buffer.from(content), 's3://lake/list.avro')).toThrow(
      expect.objectContaining({ code: 'bad_avro', where: 's3://lake/list.avro' }),
    );
  });
});
