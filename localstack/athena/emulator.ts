import {
  AthenaClient,
  AthenaServiceException,
  CreatePreparedStatementCommand,
  DeletePreparedStatementCommand,
  GetPreparedStatementCommand,
  GetWorkGroupCommand,
  type WorkGroup,
} from '@aws-sdk/client-athena';
import type { ApiRequest, ApiResponse } from './protocol.ts';

/** Headers that the emulator needs to know the call, its account and its region. */
const FORWARDED = ['x-amz-target', 'content-type', 'authorization', 'x-amz-date', 'x-amz-security-token'] as const;

/** The emulator's own Athena, in which CloudFormation made the work groups. */
export interface EmulatorAthena {
  /** Hands a call on as it came and its answer back. */
  forward(request: ApiRequest): Promise<ApiResponse>;
  /** Throws the SDK's error where there is no such work group. */
  workGroup(name: string): Promise<WorkGroup>;
  /** Undefined where there is none of the name. */
  preparedStatement(workGroup: string, name: string): Promise<string | undefined>;
  /** Keeps a statement, in the place of another of the same name. */
  prepare(workGroup: string, name: string, statement: string): Promise<void>;
  deallocate(workGroup: string, name: string): Promise<void>;
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
      try {
        return (await client.send(request)).PreparedStatement?.QueryStatement;
      } catch (error) {
        if (error instanceof AthenaServiceException) return undefined;
        throw error;
      }
    },

    async prepare(workGroup, name, statement) {
      const place = { WorkGroup: workGroup, StatementName: name };
      if ((await this.preparedStatement(workGroup, name)) !== undefined) await this.deallocate(workGroup, name);
      await client.send(new CreatePreparedStatementCommand({ ...place, QueryStatement: statement }));
    },

    async deallocate(workGroup, name) {
      await client.send(new DeletePreparedStatementCommand({ WorkGroup: workGroup, StatementName: name }));
    },
  };
}
