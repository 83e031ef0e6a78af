import { athena, glue, s3 } from '../../common/aws.ts';
import { athenaAdapter } from '../../engine/adapters/athena/adapter.ts';
import type { RemoteEngine } from '../../engine/adapters/remote.ts';
import { sparkAdapter } from '../../engine/adapters/spark/adapter.ts';
import type { EngineSettings } from './engine-settings.ts';

/** The engines that may build beside DuckDB. */
export const remoteEngines = (settings: EngineSettings): readonly RemoteEngine[] => [
  athenaEngine(settings),
  ...(settings.spark === undefined ? [] : [sparkEngine(settings, settings.spark.jobName)]),
];

const athenaEngine = ({ location, athena: settings }: EngineSettings): RemoteEngine => ({
  engine: 'athena',
  open: (build) =>
    athenaAdapter({
      athena: athena(),
      glue: glue(),
      s3: s3(),
      workGroup: settings.workGroup,
      database: settings.database,
      location: `${location}/athena`,
      queryTimeoutMs: settings.querySeconds * 1000,
      ...build,
    }),
});

const sparkEngine = ({ location }: EngineSettings, jobName: string): RemoteEngine => ({
  engine: 'spark',
  open: (build) => sparkAdapter({ glue: glue(), s3: s3(), jobName, location: `${location}/spark`, ...build }),
});
