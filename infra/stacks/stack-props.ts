import type { StackProps } from 'aws-cdk-lib';
import type { Settings } from '../environments.ts';
import type { Names } from '../names.ts';

export interface TributaryStackProps {
  readonly settings: Settings;
  readonly names: Names;
}

/** What all stacks have in common. */
export function stackProps({ settings }: TributaryStackProps, contents: string): StackProps {
  const { account, region, environment, protectData } = settings;
  return {
    env: { ...(account && { account }), ...(region && { region }) },
    description: `Tributary: ${contents}`,
    tags: { application: 'tributary', environment },
    terminationProtection: protectData,
  };
}
