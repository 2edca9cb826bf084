/**
 * Gateway and archive of one organisation as two processes, and the archive is away for a while: those who send are
 * told, nothing is acknowledged or shown that is not archived, and all goes on when it is back, in both directions.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { enrolNodeClient, openNodeClient } from '../../client/adapters/index.ts';
import { OrganisationProcess } from '../../scripts/processes/index.ts';
import { assertNothingLost, type Talk } from '../support/archived.ts';
import { Load } from '../support/load.ts';
import { ProcessMember } from '../support/process-member.ts';
import { startWorld, type ProcessWorld } from '../support/process-world.ts';

/** Milliseconds for which the archive is away. */
const AWAY_MS = process.env['CHANCERY_LONG'] ? 60_000 : 3_000;

/** Few: the partner goes on by itself while the archive is away, and all of that must be caught up with. */
const IN_FLIGHT = 4;
const PROGRESS = 100;
const AHEAD = 100;

/** Restricts a node to the archive, and starts a gateway of its organisation beside it. */
async function splitGateway(
  { folder, federation, ends }: ProcessWorld,
  archive: OrganisationProcess,
): Promise<OrganisationProcess> {
  await archive.stop();
  const config = await readFile(archive.home.config, 'utf8');
  await writeFile(archive.home.config, config.replace('roles: [gateway, archive]', 'roles: [archive]'));
  await archive.start();
  const { invitation } = await archive.call('node.invite', {});
  const gateway = ends.use(
    await OrganisationProcess.create({
      domain: archive.domain,
      directory: join(folder, 'gateway'),
      dnsServer: federation.server.address,
      anchors: federation.tree.anchorLines,
      join: invitation,
    }),
  );
  await gateway.start();
  return gateway;
}

async function agree(
  one: OrganisationProcess,
  other: OrganisationProcess,
  at: OrganisationProcess,
): Promise<void> {
  const { addresses } = await at.call('status', {});
  const where = addresses.flatMap((address) => ['--address', address]);
  await one.cli(['partner', 'add', other.domain, ...where, '--yes']);
}

/** A device that connects while the archive is there but does not answer is told so too, before it gives up. */
async function assertToldWhileHanging(
  { folder, ends }: ProcessWorld,
  archive: OrganisationProcess,
): Promise<void> {
  const address = 'carol@acme.test';
  await archive.call('member.add', { address, name: 'Carol' });
  const { invitation } = await archive.call('member.invite', { address });
  const home = join(folder, 'device of carol');
  await enrolNodeClient({ home, invitation, label: 'test device' });
  const carol = ends.use(await openNodeClient({ home }));
  process.kill(archive.pid, 'SIGSTOP');
  try {
    await assert.rejects(carol.connect(), { code: 'archive.unavailable' });
  } finally {
    process.kill(archive.pid, 'SIGCONT');
  }
}

test(`an archive that is away for ${AWAY_MS / 1000} seconds stops its organisation and loses nothing`, async (t) => {
  const world = await startWorld(t, { domains: ['acme.test', 'partner.test'], agreed: false });
  const [archive, partner] = world.federation.organisations as [OrganisationProcess, OrganisationProcess];
  const gateway = await splitGateway(world, archive);
  await agree(archive, partner, partner);
  await agree(partner, archive, gateway);
  const alice = await ProcessMember.join(world, archive, 'alice@acme.test');
  const bob = await ProcessMember.join(world, partner, 'bob@partner.test');
  const talks: Talk[] = [];
  for (const [writer, reader, organisations] of [
    [alice, bob, [archive, partner]],
    [bob, alice, [partner, archive]],
  ] as const) {
    const members = [reader.client.address];
    const { id: conversation, sent } = await writer.client.createConversation({ type: 'group', members });
    assert.equal((await sent).state, 'archived');
    const load = new Load({ client: writer.client, conversation, inFlight: IN_FLIGHT, ahead: AHEAD });
    talks.push({ conversation, load, writer, reader, organisations });
  }
  const progress = (): Promise<unknown> =>
    Promise.all(talks.map(({ load }) => load.moreAcknowledged(PROGRESS)));
  await progress();

  const told = Promise.withResolvers<undefined>();
  alice.client.onState((state) => {
    if (state.state === 'offline' && state.error.code === 'archive.unavailable') told.resolve(undefined);
  });
  await archive.kill();
  await told.promise;
  await talks[1]!.load.moreAcknowledged(1); // the partner goes on
  const acknowledged = talks[0]!.load.acknowledged.size;
  await after(AWAY_MS);
  assert.equal(talks[0]!.load.acknowledged.size, acknowledged, 'nothing is acknowledged without the archive');
  assert.equal((await gateway.call('status', {})).archiveConnected, false);
  const { partners } = await partner.call('partner.list', {});
  assert.deepEqual(
    partners.map(({ lastError, backlog }) => [lastError?.code, backlog > 0]),
    [['archive.unavailable', true]],
    'the partner is told as well, and keeps what it has for us',
  );

  await archive.start();
  await progress();
  await assertToldWhileHanging(world, archive);
  for (const talk of talks) await assertNothingLost(talk);
});
