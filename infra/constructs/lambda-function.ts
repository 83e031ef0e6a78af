import { fileURLToPath } from 'node:url';
import { type Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type ILayerVersion, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENV } from '../../lambdas/shared/constants.ts';
import type { Settings } from '../environments.ts';
import { type FunctionName, functionName } from '../names.ts';
import { acknowledgeWildcard, allow, type Permission } from './permission.ts';

export interface LambdaFunctionProps {
  readonly settings: Settings;
  /** Folder and file in `lambdas/`, and name of the function. */
  readonly name: FunctionName;
  readonly description: string;
  readonly memoryMiB: number;
  readonly timeout: Duration;
  /** Values of the environment variables that the function reads, by their key in `ENV`. */
  readonly environment: Readonly<Partial<Record<keyof typeof ENV, string>>>;
  /** What its code may do; writing logs and traces goes without saying. */
  readonly permissions: readonly Permission[];
  /** Files to put beside the bundle. */
  readonly files?: readonly string[];
  /** Packages with native code, which come from a layer. */
  readonly nativePackages?: { readonly layer: ILayerVersion; readonly names: readonly string[] };
  readonly temporaryStorageMiB?: number;
  /** MiB of V8's youngest objects; Node's own choice where it is not given. */
  readonly semiSpaceMiB?: number;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Lets CommonJS packages inside an ES module load Node's own modules, and native ones from a layer. */
const REQUIRE_BANNER = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** A function of `lambdas/`, bundled with its packages, with a role and a log group of its own. */
export class LambdaFunction extends Construct {
  readonly function: NodejsFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: LambdaFunctionProps) {
    super(scope, id);
    const { settings, name, nativePackages, files = [] } = props;
    const physicalName = functionName(name);
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${physicalName}`,
      retention: settings.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${physicalName} may do`,
    });
    logGroup.grantWrite(this.role);
    for (const permission of props.permissions) allow(this.role, permission);

    this.function = new NodejsFunction(this, 'Function', {
      functionName: physicalName,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: settings.runtime.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      entry: `${ROOT}lambdas/${name}/${name}.lambda.ts`,
      projectRoot: ROOT,
      depsLockFilePath: `${ROOT}package-lock.json`,
      memorySize: props.memoryMiB,
      timeout: props.timeout,
      ...(props.temporaryStorageMiB && { ephemeralStorageSize: Size.mebibytes(props.temporaryStorageMiB) }),
      ...(nativePackages && { layers: [nativePackages.layer] }),
      environment: { ...variables(props.environment), NODE_OPTIONS: nodeOptions(props) },
      role: this.role,
      logGroup,
      tracing: Tracing.ACTIVE,
      bundling: {
        format: OutputFormat.ESM,
        target: 'node24',
        mainFields: ['module', 'main'],
        minify: true,
        keepNames: true,
        sourceMap: true,
        sourcesContent: false,
        banner: REQUIRE_BANNER,
        externalModules: [...(nativePackages?.names ?? [])],
        commandHooks: {
          beforeBundling: () => [],
          beforeInstall: () => [],
          afterBundling: (_from, to) => files.map((file) => `cp ${JSON.stringify(file)} ${JSON.stringify(to)}`),
        },
      },
    });
    acknowledgeWildcard(this.role, '*', 'X-Ray has no resources to name');
  }
}

const nodeOptions = ({ semiSpaceMiB }: LambdaFunctionProps): string =>
  ['--enable-source-maps', ...(semiSpaceMiB === undefined ? [] : [`--max-semi-space-size=${semiSpaceMiB}`])].join(' ');

const variables = (values: LambdaFunctionProps['environment']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (isEnvKey(key) ? [[ENV[key], value] as const] : [])),
  );

const isEnvKey = (key: string): key is keyof typeof ENV => key in ENV;
