// Synthesises the app, with the security rules of cdk-nag, into .tributary/synth/<environment>.
//   node scripts/synth.ts [environment …]     all of them by default
import { withProgress } from '../cli/ui.ts';
import { ENVIRONMENTS } from '../infra/environments.ts';
import { cdk } from '../localstack/cdk.ts';
import { synthFolder } from './synth-folder.ts';

const given = process.argv.slice(2);
// Without an account to look for the CLI need not ask whether this is an EC2 instance.
const environment = { AWS_EC2_METADATA_DISABLED: 'true' };
for (const name of given.length > 0 ? given : ENVIRONMENTS) {
  const args = ['synth', '--all', '--quiet', '--context', `env=${name}`, '--output', synthFolder(name)];
  const { code, output } = await withProgress(`synth of ${name}`, () => cdk(args, { environment }));
  if (code === 0) continue;
  process.stdout.write(`${output}\n${name}: failed\n`);
  process.exitCode = 1;
}
