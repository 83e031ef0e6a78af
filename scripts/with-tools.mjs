// What the npm scripts start: node scripts/with-tools.mjs <file.ts> […], or --bin <command> […].
// Plain JavaScript without packages, since it runs before anything is installed and on older Nodes.
import { runWithTools } from './tools/run.mjs';

await runWithTools(process.argv.slice(2));
