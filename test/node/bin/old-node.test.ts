import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import ts from 'typescript';
import { olderNodes } from '../../support/older-nodes.ts';

const BIN = new URL('../../../node/bin/chancery.ts', import.meta.url);

/** The command as it is published: without types. What it loads when the version suffices is not beside it. */
function published(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'chancery-bin-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'chancery.mjs');
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2024 };
  writeFileSync(file, ts.transpileModule(readFileSync(BIN, 'utf8'), { compilerOptions }).outputText);
  return file;
}

it('tells an older Node.js in one line what is needed, and loads nothing', (t) => {
  const file = published(t);
  const stub = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '22.9.0' } })`;
  const asOld = [process.execPath, '--import', `data:text/javascript,${encodeURIComponent(stub)}`];
  for (const [node = '', ...options] of [asOld, ...olderNodes().map((older) => [older])]) {
    const { status, stdout, stderr } = spawnSync(node, [...options, file, 'status'], { encoding: 'utf8' });
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(
      stderr,
      /^chancery: this is Node\.js \d+\.\d+\.\d+, chancery needs 24 or later; install it[^\n]*\n$/,
    );
  }
});
