import { cpSync, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Architecture, Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { z } from 'zod';
import { TributaryError } from '../../common/errors.ts';
import type { Settings } from '../environments.ts';

/** The package that loads DuckDB's native code: functions leave it out of their bundle and find it in the layer. */
export const DUCKDB_BINDINGS = '@duckdb/node-bindings';

const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url));

/** DuckDB's native code, apart from the functions: at 70 MB it is uploaded once, not with every change of a model. */
export class DuckDbLayer extends LayerVersion {
  constructor(scope: Construct, id: string, { runtime }: Pick<Settings, 'runtime'>) {
    const native = `${DUCKDB_BINDINGS}-${runtime.os}-${runtime.architecture}`;
    super(scope, id, {
      description: `DuckDB ${version(DUCKDB_BINDINGS)} for ${runtime.os} on ${runtime.architecture}`,
      compatibleRuntimes: [Runtime.NODEJS_24_X],
      compatibleArchitectures: [runtime.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64],
      code: Code.fromAsset(MODULES, {
        assetHashType: AssetHashType.OUTPUT,
        bundling: {
          image: DockerImage.fromRegistry('not-used'),
          local: { tryBundle: (directory) => copyPackages([DUCKDB_BINDINGS, native], directory) },
        },
      }),
    });
  }
}

/** Lays packages out as Lambda looks for them in a layer. Throws `missing_native_package`. */
function copyPackages(names: readonly string[], directory: string): true {
  for (const name of names) {
    const from = join(MODULES, name);
    if (!existsSync(from)) throw missing(name);
    const to = join(directory, 'nodejs/node_modules', name);
    cpSync(from, to, { recursive: true, dereference: true });
  }
  return true;
}

const missing = (name: string) =>
  new TributaryError({
    code: 'missing_native_package',
    message: `${name} is not installed: npm fetches native code for this machine only, the environment needs another`,
    where: dirname(MODULES),
    advice: `npm install --no-save --force ${name}@${version(DUCKDB_BINDINGS)}`,
  });

const version = (name: string): string =>
  z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(MODULES, name, 'package.json'), 'utf8')))
    .version;
