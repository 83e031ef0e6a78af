import { Aws } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-glue';
import type { Construct } from 'constructs';
import { type ExternalTable, PARTITION_TYPE, type ProjectedPartition } from '../../common/external-table.ts';

export interface ExternalTableProps {
  readonly table: ExternalTable;
  /** Physical name of the table's bucket. */
  readonly bucketName: string;
  /** First day of projected dates, `yyyy-mm-dd`. */
  readonly firstDate: string;
}

/** Input format, output format and SerDe by which Athena, Trino and Spark read files. */
const FORMATS = {
  parquet: {
    inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
    outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
    serdeInfo: {
      serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
      parameters: { 'serialization.format': '1' },
    },
  },
  json: {
    inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
    outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
    serdeInfo: {
      serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
      parameters: { 'serialization.format': '1' },
    },
  },
} as const;

/** A Glue table over files whose partitions are projected: new folders can be queried at once, without a crawler. */
export class GlueExternalTable extends CfnTable {
  constructor(scope: Construct, id: string, { table, bucketName, firstDate }: ExternalTableProps) {
    const location = `s3://${bucketName}/${table.prefix}/`;
    const template = table.partitions.map(({ name }) => `${name}=\${${name}}/`).join('');
    super(scope, id, {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: table.database,
      tableInput: {
        name: table.name,
        description: table.description,
        tableType: 'EXTERNAL_TABLE',
        parameters: {
          EXTERNAL: 'TRUE',
          classification: table.format,
          'projection.enabled': 'true',
          'storage.location.template': `${location}${template}`,
          ...Object.assign({}, ...table.partitions.map((partition) => projection(partition, firstDate))),
        },
        partitionKeys: table.partitions.map(({ name }) => ({ name, type: PARTITION_TYPE })),
        storageDescriptor: {
          ...FORMATS[table.format],
          location,
          columns: table.columns.map(({ name, type, description }) => ({ name, type, comment: description })),
        },
      },
    });
  }
}

/** Table parameters that say which values a partition column may have. */
function projection(partition: ProjectedPartition, firstDate: string): Readonly<Record<string, string>> {
  const key = (property: string) => `projection.${partition.name}.${property}`;
  switch (partition.projection) {
    case 'date':
      return { [key('type')]: 'date', [key('format')]: 'yyyy-MM-dd', [key('range')]: `${firstDate},NOW` };
    case 'hour':
      return { [key('type')]: 'integer', [key('range')]: '0,23', [key('digits')]: '2' };
    case 'enum':
      return { [key('type')]: 'enum', [key('values')]: partition.values.join(',') };
  }
}
