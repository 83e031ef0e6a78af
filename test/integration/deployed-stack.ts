import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { withProgress } from '../../cli/ui.ts';
import { freePort } from '../../localstack/ports.ts';
import { STATE_DIR, stopStack } from '../../localstack/stack.ts';
import { bringUp } from '../../localstack/up.ts';

/**
 * One deployed stack for all integration tests, on free ports and apart from the one that people use; the workers of
 * the tests inherit the environment that points AWS clients at it. TRIBUTARY_TEST_ENDPOINT names an emulator that
 * runs already instead, such as LocalStack.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stateDir = await mkdtemp(join(tmpdir(), 'tributary-test-'));
  const tearDown = async (): Promise<void> => {
    await stopStack(stateDir);
    if (project.vitest.state.getCountOfFailedTests() === 0) await rm(stateDir, { recursive: true, force: true });
    else console.error(`logs of the failed tests' stack: ${join(stateDir, 'logs')}`);
  };
  const endpoint = process.env.TRIBUTARY_TEST_ENDPOINT;
  const [port, athenaPort] = [await freePort(), await freePort()];
  const place = endpoint === undefined ? { port, athenaPort } : { endpoint, athenaPort };
  const venv = join(STATE_DIR, 'venv');
  // State machines wait for seconds that nothing happens in.
  process.env.SFN_WAIT_SCALE ??= '0.2';
  try {
    // Where the functions and the emulator log to.
    if (endpoint === undefined) process.env.TRIBUTARY_TEST_LOGS = join(stateDir, 'logs');
    await withProgress('stack of the tests', (onProgress) => bringUp({ stateDir, venv, ...place, onProgress }));
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}
