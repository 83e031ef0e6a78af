import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DuckDbLayer } from '../../../infra/constructs/duckdb-layer.ts';

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'tributary-layer-'));
});
afterEach(() => rmSync(outdir, { recursive: true }));

describe('the DuckDB layer', () => {
  it('says how to get native code that this machine has not', () => {
    const stack = new Stack(new App({ outdir }), 'Stack');
    expect(() => new DuckDbLayer(stack, 'Layer', { runtime: { os: 'plan9', architecture: 'arm64' } })).toThrow(
      /missing_native_package.*npm install --no-save --force @duckdb\/node-bindings-plan9-arm64@\d/s,
    );
  });
});
