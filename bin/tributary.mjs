#!/usr/bin/env node
import { runWithTools } from '../scripts/tools/run.mjs';

await runWithTools(['cli/tributary.ts', ...process.argv.slice(2)]);
