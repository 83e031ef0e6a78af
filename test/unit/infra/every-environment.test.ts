import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileProject } from '../../../engine/compile/index.ts';
import type { Manifest } from '../../../engine/manifest.ts';
import { ENVIRONMENTS } from '../../../infra/environments.ts';
import { aslErrors } from '../../fixtures/asl-errors.ts';
import { SYNTHESIS_TIMEOUT_MS, type Synthesised, synthesise } from './synthesised.ts';

let manifest: Manifest;
beforeAll(async () => {
  manifest = await compileProject(join(import.meta.dirname, '../../..'));
}, SYNTHESIS_TIMEOUT_MS);

// Synthesis fails on any finding of cdk-nag and of CloudFormation's own rules.
describe.each(ENVIRONMENTS)('the environment %s', (environment) => {
  let templates: Synthesised;
  beforeAll(() => {
    templates = synthesise(environment, { manifest, cloudFormationRules: true });
  }, SYNTHESIS_TIMEOUT_MS);

  it('synthesises without findings', () => {
    expect(new Set(templates.resources.map(({ stack }) => stack)).size).toBe(environment === 'local' ? 9 : 10);
  });

  it('has valid state machines, one per domain and their parent', () => {
    const machines = templates.ofType('AWS::StepFunctions::StateMachine');
    const domains = new Set(manifest.models.map(({ domain }) => domain));
    expect(machines).toHaveLength(domains.size + 1);
    for (const { Properties } of machines) expect(aslErrors(definition(Properties.DefinitionString))).toBe('');
  });
});

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-2',
  'AWS::AccountId': '123456789012',
};

/** A definition as CloudFormation would fill it in. */
function definition(value: unknown): unknown {
  const { 'Fn::Join': join } = Object(value);
  const parts: readonly unknown[] = Array.isArray(join) ? join[1] : [value];
  return JSON.parse(parts.map((part) => PSEUDO_PARAMETERS[Object(part).Ref] ?? part).join(''));
}
