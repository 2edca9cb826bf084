/**
 * Backup and restore as an operator does them, on real nodes: while people talk, after a crash in the middle of it, and
 * with the home gone.
 */
import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { OrganisationProcess } from '../../scripts/processes/index.ts';
import { FILE_CHUNK_BYTES } from '../../protocol/message/index.ts';
import { filesIn } from '../support/backup.ts';
import { makeFile } from '../support/files.ts';
import { Load } from '../support/load.ts';
import { ProcessMember } from '../support/process-member.ts';
import { startWorld } from '../support/process-world.ts';

interface Made {
  readonly size: number;
  readonly root: string;
  /** Files of messages that were checked, or brought back. */
  readonly files?: number;
}

interface Verified extends Made {
  readonly findings: readonly unknown[];
}

async function backUp(node: OrganisationProcess, folder: string): Promise<Made> {
  return (await node.cli(['backup', folder])) as Made;
}

async function verify(node: OrganisationProcess, folder: string): Promise<Verified> {
  return (await node.cli(['backup', 'verify', folder])) as Verified;
}

test('people talk while backups are made, and go on after a crash on what was restored', async (t) => {
  const world = await startWorld(t, { domains: ['acme.test', 'partner.test'], agreed: true });
  const [acme, partner] = world.federation.organisations as [OrganisationProcess, OrganisationProcess];
  const alice = await ProcessMember.join(world, acme, 'alice@acme.test');
  const bob = await ProcessMember.join(world, partner, 'bob@partner.test');
  const { id: talk } = await alice.client.direct('bob@partner.test');
  const folder = join(world.folder, 'backup');
  const load = new Load({ client: alice.client, conversation: talk, inFlight: 8 });
  await load.moreAcknowledged(300);
  const first = await backUp(acme, folder);
  assert.deepEqual((await verify(acme, folder)).findings, []);
  const before = await filesIn(folder);
  await load.moreAcknowledged(600);

  // a crash in the middle of a backup: what was backed up before still stands
  const broken = acme.run(['backup', folder]);
  await load.moreAcknowledged(10);
  await acme.kill();
  await broken;
  const { size, findings } = await verify(acme, folder);
  assert.deepEqual([findings, size >= first.size], [[], true]);
  await acme.start();

  const { bytes, file } = makeFile(3 * FILE_CHUNK_BYTES + 1);
  const read = (at: number, length: number): Promise<Uint8Array> =>
    Promise.resolve(bytes.slice(at, at + length));
  const attached = await alice.client.attach(talk, { ...file, read });
  assert.equal((await attached.sent).state, 'archived');
  await load.finish();
  await bob.until(() => load.written.every((id) => bob.shown(talk).includes(id)));
  const last = await backUp(acme, folder);
  assert.equal((await verify(acme, folder)).files, 1);
  assert.ok(last.size > first.size + 600);
  const after = await filesIn(folder);
  for (const [path, written] of before)
    if (!/\.p\/|^(checkpoint|manifest|cosigned)/.test(path)) assert.equal(after.get(path), written, path);

  await acme.kill();
  const gone = `${acme.home.directory}.gone`;
  await rename(acme.home.directory, gone);
  const restored = (await acme.cli(['restore', folder, '--verify', '--keys', join(gone, 'keys')])) as Made;
  assert.deepEqual([restored.size, restored.root, restored.files], [last.size, last.root, 1]);
  const again = await acme.run(['restore', folder, '--keys', join(gone, 'keys')]);
  assert.match(again.stderr, /\[home\.exists\]/);
  await acme.start();
  const { alarms } = await acme.call('status', {});
  assert.deepEqual(alarms, []);
  const { id, sent } = await alice.client.send(talk, 'one more');
  assert.equal((await sent).state, 'archived');
  await bob.until(() => bob.shown(talk).includes(id));
  const answer = await bob.client.send(talk, 'and back');
  await alice.until(() => alice.shown(talk).includes(answer.id));
  const verified = await acme.call('archive.verify', {});
  assert.deepEqual([verified.faults, verified.files], [[], 1]);
});
