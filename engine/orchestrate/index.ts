import type { Manifest } from '../manifest.ts';
import type { AslDefinition } from './asl.ts';
import { domainMachine } from './domain-machine.ts';
import { type RunMachineArns, runMachine } from './run-machine.ts';

export type { AslDefinition, AslState } from './asl.ts';

export interface StateMachineArns extends RunMachineArns {
  readonly buildFunctionArn: string;
}

export interface StateMachines {
  readonly parent: AslDefinition;
  readonly domains: Readonly<Record<string, AslDefinition>>;
}

/** The state machines that build a manifest's models: one per domain, and the parent that runs them. */
export function stateMachines(manifest: Pick<Manifest, 'models'>, arns: StateMachineArns): StateMachines {
  const byDomain = Map.groupBy(manifest.models, ({ domain }) => domain);
  const domains = [...byDomain].map(
    ([domain, models]) => [domain, domainMachine(domain, models, arns.buildFunctionArn)] as const,
  );
  return { parent: runMachine(manifest, arns), domains: Object.fromEntries(domains) };
}
