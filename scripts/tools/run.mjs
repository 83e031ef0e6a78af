import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages, ToolError } from './install.mjs';

const OLDEST_NODE = 20;
const TYPESCRIPT_NODE = 24;

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const nodeMajor = Number(process.versions.node.split('.')[0]);

/**
 * Installs what is missing, then runs a program under the project's Node and exits as it exits.
 * `target` is a TypeScript file of the project, or `--bin` followed by the command of an installed package.
 */
export async function runWithTools(args) {
  try {
    requireNode();
    await installPackages(root);
    const [program, rest] = programOf(args);
    await runToEnd(projectNode(), [program, ...rest]);
  } catch (error) {
    process.stderr.write(`${error instanceof ToolError ? error : error.stack}\n`);
    process.exit(1);
  }
}

function requireNode() {
  if (nodeMajor >= OLDEST_NODE) return;
  throw new ToolError(
    'old_node',
    `Tributary needs Node ${OLDEST_NODE} or newer, and this is ${process.version}`,
    'get a current one from https://nodejs.org/en/download, or with nvm: `nvm install --lts`',
  );
}

function programOf([first, ...rest]) {
  if (first !== '--bin') return [join(root, first), rest];
  const [name, ...args] = rest;
  return [realpathSync(join(root, 'node_modules', '.bin', name)), args];
}

/** The Node that the `node` package brings; where its install script was not allowed to run, this one if new enough. */
function projectNode() {
  const installed = join(root, 'node_modules', 'node', 'bin', 'node');
  if (existsSync(installed)) return installed;
  if (nodeMajor >= TYPESCRIPT_NODE) return process.execPath;
  throw new ToolError(
    'no_project_node',
    `Node ${TYPESCRIPT_NODE} is not in node_modules: npm is set up not to run the install scripts of packages`,
    `use Node ${TYPESCRIPT_NODE} or newer yourself, or allow it here: \`npm rebuild node --ignore-scripts=false\``,
  );
}

/**
 * Lambda workers, the CDK app and esbuild are found through PATH, so the project's Node and tools come first there.
 * Node keeps what it has compiled, of TypeScript too, so that the next command starts in half the time.
 */
function environment(node) {
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter);
  return { NODE_COMPILE_CACHE: join(root, '.tributary', 'compile-cache'), ...process.env, PATH: path };
}

function runToEnd(node, args) {
  const child = spawn(node, args, { stdio: 'inherit', env: environment(node) });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child as well; a second one would end it before it has cleaned up.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  return new Promise((_, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
  });
}
