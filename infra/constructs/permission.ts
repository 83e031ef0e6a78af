import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { IConstruct } from 'constructs';
import { TributaryError } from '../../common/errors.ts';

/** What a role may do. Actions are always named in full. */
export interface Permission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Why some of the resources cannot be named one by one; needed where one of them has a wildcard. */
  readonly wildcard?: string;
}

/** Grants a permission. Throws `unexplained_wildcard` for a resource with a wildcard that has no reason. */
export function allow(role: Role, { actions, resources, wildcard }: Permission): void {
  role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  for (const resource of resources.filter((arn) => arn.includes('*'))) {
    if (wildcard === undefined) {
      throw new TributaryError({
        code: 'unexplained_wildcard',
        message: `${actions.join(', ')} on ${resource} has no reason`,
        where: role.node.path,
        advice: 'name the resources one by one, or say in `wildcard` why that cannot be done',
      });
    }
    acknowledgeWildcard(role, resource, wildcard);
  }
}

/** Accepts that a role may use all resources that match. */
export function acknowledgeWildcard(role: Role, resource: string, reason: string): void {
  const flat = flattenCfnReference(Stack.of(role).resolve(resource));
  acknowledge(role, `AwsSolutions-IAM5[Resource::${flat}]`, reason);
}

/** Accepts a finding of cdk-nag on a construct and those below it. */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}
