import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { showElapsed } from './progress.mjs';

/** An error that tells the reader what to do; printed without a stack. */
export class ToolError extends Error {
  constructor(code, message, advice) {
    super(message);
    this.code = code;
    this.advice = advice;
  }

  toString() {
    return `[${this.code}] ${this.message}\n  → ${this.advice}`;
  }
}

/** Runs `npm ci` in `root` unless node_modules holds what package-lock.json asks for. Throws ToolError. */
export async function installPackages(root) {
  if (isInstalled(root)) return;
  const stop = showElapsed('installing npm packages');
  try {
    const { code, output } = await npmCi(root);
    if (code !== 0) throw npmFailure(output);
  } finally {
    stop();
  }
}

/** Compares the lock file with npm's own record of what it installed, which it writes when all has gone well. */
function isInstalled(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = packagesOf(record);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(([path, wanted]) => {
    const found = installed[path];
    if (path === '') return true;
    if (found === undefined) return wanted.optional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity && isForThisPlatform(found);
  });
}

const packagesOf = (lockFile) => JSON.parse(readFileSync(lockFile, 'utf8')).packages;

/** A folder may be shared with a container or another machine, whose native packages are of no use here. */
const isForThisPlatform = ({ os, cpu }) => allows(os, process.platform) && allows(cpu, process.arch);

const allows = (list = [], value) => list.every((one) => one.startsWith('!')) || list.includes(value);

function npmCi(root) {
  // Warnings go (some packages ask for the newer Node that this install brings), errors stay.
  const args = [
    'ci',
    '--prefer-offline',
    '--fetch-retry-mintimeout=2000',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  // Under `npm run` this is the very npm that the user called; elsewhere the one on PATH.
  const script = process.env.npm_execpath;
  const [command, first] = script?.endsWith('npm-cli.js') ? [process.execPath, [script]] : ['npm', []];
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', () =>
      reject(new ToolError('no_npm', 'npm was not found', 'install Node with npm: https://nodejs.org/en/download')),
    );
    child.on('close', (code) => resolve({ code, output }));
  });
}

const CAUSES = [
  {
    pattern: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR/,
    code: 'no_network',
    message: 'npm cannot reach its registry',
    advice: 'connect to the network, or tell npm about your proxy or mirror (`npm config set proxy …`, `registry …`)',
  },
  {
    pattern: /SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY)|CERT_/,
    code: 'untrusted_certificate',
    message: 'npm does not trust the certificate of its registry',
    advice: 'name the certificates of your network to npm: `npm config set cafile /path/to/certificates.pem`',
  },
  {
    pattern: /ENOSPC/,
    code: 'disk_full',
    message: 'the disk is full',
    advice: 'npm packages need about 1 GB: free some space and run the command again',
  },
  {
    pattern: /EACCES|EPERM|EROFS/,
    code: 'not_writable',
    message: 'npm may not write into this folder or into its cache',
    advice: 'check who owns the folder, node_modules in it, and ~/.npm',
  },
];

function npmFailure(output) {
  const cause = CAUSES.find(({ pattern }) => pattern.test(output)) ?? {
    code: 'npm_failed',
    message: '`npm ci` failed',
    advice: 'its output above says why; then run the command again',
  };
  // npm names the cause first and ends with traces.
  const head = output.trim().split('\n').slice(0, 8).join('\n');
  return new ToolError(cause.code, `${cause.message}. npm says:\n\n${head}\n`, cause.advice);
}
