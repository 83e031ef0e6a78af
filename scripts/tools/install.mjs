import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** Runs `npm ci` in `root` unless node_modules is what package-lock.json asks for. Throws ToolError. */
export async function installPackages(root) {
  const stampFile = join(root, 'node_modules', '.tributary-installed');
  const stamp = stampOf(join(root, 'package-lock.json'));
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  const stop = showElapsed('installing npm packages');
  const { code, output } = await npmCi(root).finally(stop);
  if (code !== 0) {
    // npm removes node_modules first, but not always: what is left may be half of it.
    rmSync(stampFile, { force: true });
    throw npmFailure(output);
  }
  writeFileSync(stampFile, stamp);
}

/** Native packages belong to one platform, so that a folder shared with a container or another machine reinstalls. */
function stampOf(lockFile) {
  const hash = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  return `${hash} ${process.platform}-${process.arch}\n`;
}

function npmCi(root) {
  // Warnings go (some packages ask for the newer Node that this install brings), errors stay.
  const args = ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
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
  const tail = output.trim().split('\n').slice(-15).join('\n');
  return new ToolError(cause.code, `${cause.message}. npm says:\n\n${tail}\n`, cause.advice);
}
