import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { z } from 'zod';
import type { Manifest } from '../../../engine/manifest.ts';
import { addStacks } from '../../../infra/application.ts';
import { type EnvironmentName, settingsOf } from '../../../infra/environments.ts';
import { writeManifest } from '../../../infra/manifest-file.ts';
import { compileSketches, silverSales } from '../../fixtures/models.ts';

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
});
const templateSchema = z.object({ Resources: z.record(z.string(), resourceSchema).default({}) });

export interface Resource extends z.infer<typeof resourceSchema> {
  /** Logical id. */
  readonly id: string;
  readonly stack: string;
}

export interface Synthesised {
  readonly resources: readonly Resource[];
  ofType(type: string): readonly Resource[];
}

/** Two models of different domains: enough for the stacks, and compiled in no time. */
export const twoModels = (): Manifest =>
  compileSketches(silverSales, {
    path: 'sql/gold/star/sales_again.sql',
    columns: ['sale_id varchar'],
    sql: 'select sale_id from silver.sales',
  });

/** Synthesis takes seconds, and more of them where other tests run at the same time. */
export const SYNTHESIS_TIMEOUT_MS = 120_000;

/** The feature flags that the CDK CLI would read from cdk.json. */
const { context } = z
  .object({ context: z.record(z.string(), z.unknown()) })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../../cdk.json'), 'utf8')));

/**
 * The templates of an environment, functions not bundled. Throws when a rule of cdk-nag finds something, or of
 * CloudFormation where these are asked for: they take seconds.
 */
export function synthesise(
  environment: EnvironmentName,
  { manifest = twoModels(), cloudFormationRules = false } = {},
): Synthesised {
  const outdir = mkdtempSync(join(tmpdir(), 'tributary-synth-'));
  const app = new App({
    outdir,
    context: { ...context, 'aws:cdk:bundling-stacks': [] },
    analyticsReporting: false,
    builtinCloudFormationValidation: cloudFormationRules,
  });
  addStacks(app, settingsOf(environment), writeManifest(manifest, join(outdir, 'manifest.json')));
  const resources = app.synth().stacks.flatMap((stack) =>
    Object.entries(templateSchema.parse(stack.template).Resources).map(([id, resource]) => ({
      ...resource,
      id,
      stack: stack.stackName,
    })),
  );
  rmSync(outdir, { recursive: true });
  return { resources, ofType: (type) => resources.filter((resource) => resource.Type === type) };
}

const statementSchema = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: z.union([z.string(), z.array(z.string())]),
  Resource: z.unknown(),
  Principal: z.unknown().optional(),
  Condition: z.unknown().optional(),
});

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  /** Each as JSON, so that literal ARNs and references can be searched alike. */
  readonly resources: readonly string[];
  readonly principal: unknown;
  readonly condition: unknown;
}

/** The statements of a policy document, of a resource or of a role. */
export function statementsOf({ Properties }: Pick<Resource, 'Properties'>): readonly Statement[] {
  const document = z
    .object({ Statement: z.array(statementSchema) })
    .parse(Properties.PolicyDocument ?? Properties.KeyPolicy);
  return document.Statement.map(({ Effect, Action, Resource, Principal, Condition }) => ({
    effect: Effect,
    actions: [Action].flat(),
    resources: [Resource].flat().map((resource) => JSON.stringify(resource)),
    principal: Principal,
    condition: Condition,
  }));
}
