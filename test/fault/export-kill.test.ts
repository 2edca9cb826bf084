/**
 * An officer's export is killed at any moment, again and again: what is left is no export, and says so, or is a whole one; the
 * device goes on, and what it was handed before is on record.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { exportFilesIn } from '../../client/adapters/index.ts';
import { sodiumSuite } from '../../node/crypto/index.ts';
import { MANIFEST, SIGNATURE, verifyExport } from '../../protocol/export/index.ts';
import { PROGRAMS } from '../../scripts/processes/index.ts';
import { exportWorld, GROUNDS, type ExportWorld } from '../support/export-world.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** How often it is killed. */
const KILLS = Number(process.env['CHANCERY_EXPORT_KILLS'] ?? 3);

/**
 * Runs the command, and kills it so many milliseconds after it began to write; whether it was done before, and how many
 * milliseconds it took from then on.
 */
async function exportFor(
  home: string,
  folder: string,
  milliseconds: number,
): Promise<{ done: boolean; took: number }> {
  const looking = ['--purpose', GROUNDS.purpose, '--case', GROUNDS.case];
  const args = [PROGRAMS['chancery-chat'], '--home', home, 'archive', 'export', folder, ...looking];
  await mkdir(folder);
  const watcher = watch(folder);
  const begun = once(watcher, 'change');
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  await Promise.race([begun, exited]);
  watcher.close();
  const began = performance.now();
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  const [code] = await exited;
  clearTimeout(timer);
  assert.ok(code === 0 || code === null, 'it is done, or was killed');
  return { done: code === 0, took: performance.now() - began };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The entry of the newest export that is on record. */
async function newestOnRecord({ acme }: ExportWorld): Promise<number> {
  const { accesses } = await acme.operations['archive.accesses']({ limit: 100 });
  return Math.max(...accesses.filter(({ action }) => action === 'export').map(({ sequence }) => sequence));
}

test(`C13, C14: an export that was killed ${KILLS} times is never taken for one that is whole`, async (t) => {
  const random = seededRandom(t);
  await using world = await exportWorld({ closes: true });
  const { home, client } = world.carol;
  await client.close(); // the command opens the home of the same device
  const { took } = await exportFor(home, world.folder(), 120_000);
  let whole = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const folder = world.folder();
    const before = await newestOnRecord(world);
    const { done } = await exportFor(home, folder, random.between(0, took));
    const [signed, manifest] = [
      await isThere(join(folder, SIGNATURE)),
      await isThere(join(folder, MANIFEST)),
    ];
    if (signed || manifest || (await isThere(join(folder, 'records.jsonl'))))
      assert.ok((await newestOnRecord(world)) > before, 'what is here was recorded before');
    const { facts, findings } = await verifyExport(exportFilesIn(folder), sodiumSuite);
    if (findings.length === 0) {
      assert.ok(facts !== null);
      whole += 1;
    } else assert.ok(!done && !manifest, `it is whole or no export: ${JSON.stringify(findings[0])}`);
  }
  const last = world.folder();
  assert.ok((await exportFor(home, last, 120_000)).done);
  const { findings } = await verifyExport(exportFilesIn(last), sodiumSuite);
  assert.deepEqual(findings, [], 'the device goes on');
  t.diagnostic(`${whole} of ${KILLS} were whole when they were killed`);
});
