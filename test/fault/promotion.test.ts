/**
 * The machine of the primary dies under load, and its replica is promoted: members go on there, nothing that was
 * acknowledged is lost, and the old primary appends nothing when it is back, but follows.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parseDocument } from 'yaml';
import type { OrganisationProcess } from '../../scripts/processes/index.ts';
import { archivedIds } from '../support/archived.ts';
import { Load } from '../support/load.ts';
import { ProcessMember } from '../support/process-member.ts';
import { joinReplica } from '../support/process-replica.ts';
import { startWorld } from '../support/process-world.ts';
import { until } from '../support/until.ts';

const IN_FLIGHT = 32;

/** Acknowledged messages before the primary dies, and after the replica took over. */
const PROGRESS = 300;

async function withTwoCopies({ home }: OrganisationProcess): Promise<void> {
  const document = parseDocument(await readFile(home.config, 'utf8'));
  document.setIn(['archive', 'copies'], 2);
  await writeFile(home.config, document.toString());
}

/** Epoch and primary, by the word of a node; undefined while it starts in another role. */
async function leader(node: OrganisationProcess): Promise<string | undefined> {
  try {
    const { epoch, primary } = await node.call('archive.replicas', {});
    return `${epoch} ${primary}`;
  } catch {
    return undefined;
  }
}

test('a replica that is promoted goes on with all that was acknowledged, and the old primary follows it', async (t) => {
  const world = await startWorld(t, { domains: ['acme.test'], agreed: false });
  const old = world.federation.organisations[0]!;
  const alice = await ProcessMember.join(world, old, 'alice@acme.test');
  const bob = await ProcessMember.join(world, old, 'bob@acme.test');
  const replica = await joinReplica(world, old);
  await old.stop();
  await withTwoCopies(old);
  await old.start();
  const { id: conversation, sending } = await alice.client.direct('bob@acme.test');
  assert.equal((await sending?.sent)?.state, 'archived');
  const load = new Load({ client: alice.client, conversation, inFlight: IN_FLIGHT });
  await load.moreAcknowledged(PROGRESS);
  await old.kill();

  const promoted = await replica.cli(['archive', 'promote', '--reason', 'the other machine burned']);
  const { peer } = replica.made;
  const { epoch, peer: leads } = promoted as { epoch: number; peer: string };
  assert.deepEqual([epoch, leads], [1, peer]);
  await load.moreAcknowledged(PROGRESS);

  await old.start();
  await until('the old primary follows', async () => (await leader(old)) === `1 ${peer}`);
  const fenced = await old.run(['member', 'add', 'eve@acme.test', '--name', 'Eve']);
  assert.notEqual(fenced.code, 0);
  assert.match(fenced.stderr, /^chancery: [^\n]+; ask at [^\n]+\n$/);
  await load.moreAcknowledged(PROGRESS);
  await load.finish();

  assert.deepEqual(load.others, []);
  assert.equal(load.acknowledged.size, load.written.length);
  const expected = [conversation, ...load.written];
  assert.deepEqual(await archivedIds(replica, conversation), expected);
  await bob.until(() => bob.shown(conversation).length >= expected.length);
  assert.deepEqual(bob.shown(conversation), expected);
  assert.deepEqual([alice.unverified, bob.unverified], [[], []]);
  const verified = await replica.call('archive.verify', {});
  assert.deepEqual(verified.faults, []);
  assert.match(verified.checkpoint ?? '', /^epoch 1$/m);
  await until('the old primary holds the log of the new one', async () => {
    const [one, other] = await Promise.all([old.call('status', {}), replica.call('status', {})]);
    return one.log !== null && one.log.root === other.log?.root;
  });
});
