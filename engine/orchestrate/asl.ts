/** A state of the Amazon States Language, in the fields that Tributary uses; JSON as it goes to Step Functions. */
export interface AslState {
  readonly Type: 'Task' | 'Parallel' | 'Pass' | 'Choice' | 'Wait' | 'Succeed' | 'Fail';
  readonly [field: string]: unknown;
}

export interface AslDefinition {
  readonly Comment?: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, AslState>>;
}

/** A state under its name, not yet linked to what follows. */
export interface Step {
  readonly name: string;
  readonly state: AslState;
}

export const CATCH_ALL = { ErrorEquals: ['States.ALL'], ResultPath: null };

/**
 * Errors of the Lambda service itself, after which the same call may well succeed. Timeouts and errors of the function
 * are not repeated blindly.
 */
export const RETRY_TRANSIENT = [
  {
    ErrorEquals: [
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.TooManyRequestsException',
    ],
    IntervalSeconds: 2,
    MaxAttempts: 4,
    BackoffRate: 2,
    JitterStrategy: 'FULL',
  },
] as const;

/** Steps one after the other, then the given states; a step that fails does not keep the next from its turn. */
export function sequence(steps: readonly Step[], last: readonly Step[]): AslDefinition['States'] {
  const following = last[0]?.name;
  const linked = steps.map(({ name, state }, index) => {
    const next = steps[index + 1]?.name ?? following;
    return [name, { ...state, Catch: [{ ...CATCH_ALL, Next: next }], Next: next }] as const;
  });
  return Object.fromEntries([...linked, ...last.map(({ name, state }) => [name, state] as const)]);
}

/** Tasks at the same time, as one step; a task that fails does not stop the others. */
export function concurrently(name: string, tasks: readonly Step[]): Step {
  const [only] = tasks;
  return only !== undefined && tasks.length === 1 ? only : parallel(name, tasks.map(branch));
}

/** Branches at the same time, as one step; what they come to is not carried along. */
export const parallel = (name: string, branches: readonly AslDefinition[]): Step => ({
  name,
  state: { Type: 'Parallel', Branches: branches, ResultPath: null },
});

function branch({ name, state }: Step): AslDefinition {
  const crashed = `${name} crashed`;
  return {
    StartAt: name,
    States: {
      [name]: { ...state, Catch: [{ ...CATCH_ALL, Next: crashed }], End: true },
      [crashed]: { Type: 'Pass', End: true },
    },
  };
}
