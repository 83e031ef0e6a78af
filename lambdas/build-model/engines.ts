import { athena, glue, s3 } from '../../common/aws.ts';
import { athenaAdapter } from '../../engine/adapters/athena/adapter.ts';
import type { RemoteEngine } from '../../engine/adapters/remote.ts';
import type { EngineSettings } from './engine-settings.ts';

/** The engines that may build beside DuckDB. */
export const remoteEngines = ({ location, athena: settings }: EngineSettings): readonly RemoteEngine[] => [
  {
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
  },
];
