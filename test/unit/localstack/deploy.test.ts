import { describe, expect, it } from 'vitest';
import { stackAtWork } from '../../../localstack/deploy.ts';

describe('stackAtWork', () => {
  it('finds the stack that the CDK CLI begins to deploy', () => {
    expect(stackAtWork('TributaryStorage: deploying... [1/7]')).toBe('TributaryStorage');
  });

  it.each([
    'TributaryStorage: creating stack...',
    'TributaryStorage |   0 | 12:01:09 PM | CREATE_IN_PROGRESS | AWS::CloudFormation::Stack',
    '',
  ])('passes over %j', (line) => {
    expect(stackAtWork(line)).toBeUndefined();
  });
});
