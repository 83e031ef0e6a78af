import { join } from 'node:path';
import { ensurePython } from '../../localstack/python.ts';
import { type Artifact, CACHE, fetchArtifact } from './maven.ts';

/** What Spark needs for Iceberg tables, and for the objects that `s3://` names. */
const JARS: readonly Artifact[] = [
  { group: 'org.apache.iceberg', name: 'iceberg-spark-runtime-3.5_2.12', version: '1.10.0', packaging: 'jar' },
  { group: 'org.apache.iceberg', name: 'iceberg-aws-bundle', version: '1.10.0', packaging: 'jar' },
  { group: 'org.apache.hadoop', name: 'hadoop-aws', version: '3.3.4', packaging: 'jar' },
  { group: 'com.amazonaws', name: 'aws-java-sdk-bundle', version: '1.12.262', packaging: 'jar' },
];

export interface InstalledSpark {
  /** The Python that has `pyspark`. */
  readonly python: string;
  readonly jars: readonly string[];
}

/**
 * Installs Spark on first use (about 700 MB), outside the work tree. Throws `no_python`, `no_venv`, `no_network`,
 * `pip_failed`, `no_maven`, `download_failed`.
 */
export async function ensureSpark(onProgress: (message: string) => void): Promise<InstalledSpark> {
  const environment = {
    directory: join(CACHE, 'spark-venv'),
    requirements: join(import.meta.dirname, 'requirements-spark.txt'),
    provides: 'pyspark.sql',
  };
  const python = await ensurePython(environment, { onProgress });
  const jars: string[] = [];
  for (const jar of JARS) jars.push(await fetchArtifact(jar));
  return { python, jars };
}
