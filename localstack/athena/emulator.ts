import { AthenaClient, GetPreparedStatementCommand, GetWorkGroupCommand, type WorkGroup } from '@aws-sdk/client-athena';
import type { ApiRequest, ApiResponse } from './protocol.ts';

/** Headers that the emulator needs to know the call, its account and its region. */
const FORWARDED = ['x-amz-target', 'content-type', 'authorization', 'x-amz-date', 'x-amz-security-token'] as const;

/** The emulator's own Athena, in which CloudFormation made the work groups. */
export interface EmulatorAthena {
  /** Hands a call on as it came and its answer back. */
  forward(request: ApiRequest): Promise<ApiResponse>;
  /** Throws the SDK's error where there is no such work group. */
  workGroup(name: string): Promise<WorkGroup>;
  preparedStatement(workGroup: string, name: string): Promise<string | undefined>;
}

export function emulatorAthena(endpoint: string): EmulatorAthena {
  const client = new AthenaClient({ endpoint });
  return {
    async forward({ body, headers }) {
      const forwarded: Record<string, string> = {};
      for (const name of FORWARDED) {
        const value = headers[name];
        if (typeof value === 'string') forwarded[name] = value;
      }
      const response = await fetch(endpoint, { method: 'POST', headers: forwarded, body });
      return { status: response.status, body: await response.text() };
    },

    async workGroup(name) {
      const { WorkGroup } = await client.send(new GetWorkGroupCommand({ WorkGroup: name }));
      return WorkGroup ?? { Name: name };
    },

    async preparedStatement(workGroup, name) {
      const request = new GetPreparedStatementCommand({ WorkGroup: workGroup, StatementName: name });
      return (await client.send(request)).PreparedStatement?.QueryStatement;
    },
  };
}
