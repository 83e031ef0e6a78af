import { type Command, Option, program } from 'commander';
import { asError, TributaryError } from '../common/errors.ts';
import { ENVIRONMENTS } from '../infra/environments.ts';
import { register as demo } from './commands/demo.ts';
import { register as down } from './commands/down.ts';
import { register as extract } from './commands/extract.ts';
import { register as generate } from './commands/generate.ts';
import { register as history } from './commands/history.ts';
import { register as lineage } from './commands/lineage.ts';
import { register as load } from './commands/load.ts';
import { register as plan } from './commands/plan.ts';
import { register as produce } from './commands/produce.ts';
import { register as profile } from './commands/profile.ts';
import { register as quality } from './commands/quality.ts';
import { register as quarantine } from './commands/quarantine.ts';
import { register as query } from './commands/query.ts';
import { register as reconcile } from './commands/reconcile.ts';
import { register as reference } from './commands/reference.ts';
import { register as replay } from './commands/replay.ts';
import { register as rollback } from './commands/rollback.ts';
import { register as run } from './commands/run.ts';
import { register as runs } from './commands/runs.ts';
import { register as status } from './commands/status.ts';
import { register as up } from './commands/up.ts';
import { useEnvironment } from './context.ts';

/** Commands about the local stack itself or the project's files: no deployment need be there for them. */
const LOCAL_COMMANDS: readonly string[] = ['demo', 'up', 'down', 'status', 'lineage', 'generate', 'refresh'];

program
  .name('tributary')
  .description('A retail data platform on AWS that runs whole on a laptop.')
  .addOption(new Option('--env <name>', 'which deployment to talk to').choices(ENVIRONMENTS).default('local'))
  .showHelpAfterError('(--help shows what can be given)')
  .hook('preAction', async (_, command: Command) => {
    if (!LOCAL_COMMANDS.includes(command.name())) await useEnvironment(program.opts().env);
  });

for (const register of [
  demo,
  up,
  down,
  status,
  generate,
  load,
  produce,
  extract,
  plan,
  run,
  runs,
  history,
  rollback,
  query,
  quality,
  profile,
  quarantine,
  replay,
  reconcile,
  lineage,
  reference,
])
  register(program);

// Whoever reads the output may have seen enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

program.parseAsync().catch((thrown: unknown) => {
  // An unforeseen error is a bug: its stack says where.
  process.stderr.write(`${thrown instanceof TributaryError ? thrown : (asError(thrown).stack ?? thrown)}\n`);
  process.exitCode = 1;
});
