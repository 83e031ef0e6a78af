// Runs cfn-lint, from a Python environment of its own, over the templates that scripts/synth.ts wrote.
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withProgress } from '../cli/ui.ts';
import { ENVIRONMENTS } from '../infra/environments.ts';
import { runCommand } from '../localstack/command.ts';
import { ensurePython } from '../localstack/python.ts';
import { STATE_DIR } from '../localstack/stack.ts';
import { synthFolder } from './synth-folder.ts';

const directory = join(STATE_DIR, 'lint-venv');
const requirements = join(import.meta.dirname, 'requirements-lint.txt');
const python = await withProgress('cfn-lint', (onProgress) =>
  ensurePython({ directory, requirements, provides: 'cfnlint' }, { onProgress }),
);

// The CDK writes out also those dependencies that a reference implies.
const IGNORED = ['W3005'];
const cfnLint = join(dirname(python), 'cfn-lint');

for (const name of ENVIRONMENTS) {
  const cwd = synthFolder(name);
  const templates = (await readdir(cwd).catch(() => [])).filter((file) => file.endsWith('.template.json'));
  if (templates.length === 0) throw new Error(`there are no templates of ${name}: npm run synth`);
  const result = await runCommand(cfnLint, ['--ignore-checks', ...IGNORED, '--', ...templates], { cwd });
  const passed = result?.code === 0;
  process.stdout.write(passed ? `${name}: ${templates.length} templates\n` : `${result?.output}\n${name}: failed\n`);
  if (!passed) process.exitCode = 1;
}
