/**
 * A bit flips in a file beside the database: a key, a certificate, the configuration, what is noted of the archive. The
 * next start says in one line what is wrong and what to do, or the node is the one it was: the same to its members, its
 * archive whole, and nothing in it that the keys it had would not open.
 */
import assert from 'node:assert/strict';
import { appendFile, cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { openNodeClient } from '../../client/adapters/index.ts';
import type { OrganisationProcess } from '../../scripts/processes/index.ts';
import { ProcessMember } from '../support/process-member.ts';
import { joinReplica } from '../support/process-replica.ts';
import { startWorld } from '../support/process-world.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { until } from '../support/until.ts';

/** How often a bit flips. */
const FLIPS = Number(process.env['CHANCERY_HOME_FLIPS'] ?? 4);

/** What an operator writes may say something else after a flip, and is then believed. */
const CONFIGURATION = 'chancery.yaml';

test(`each of ${FLIPS} flipped bits beside the database stops the start with a reason, or changes nothing`, async (t) => {
  const random = seededRandom(t);
  const { federation, folder, ends } = await startWorld(t, { domains: ['acme.test'], agreed: false });
  const acme = federation.organisations[0]!;
  const alice = await ProcessMember.join({ folder, ends }, acme, 'alice@acme.test');
  await ProcessMember.join({ folder, ends }, acme, 'bob@acme.test');
  const { id } = await alice.client.direct('bob@acme.test');
  assert.equal((await (await alice.client.send(id, 'before')).sent).state, 'archived');
  await acme.cli(['backup', join(folder, 'backup')]);
  const { peer, log } = await acme.call('status', {});
  await acme.kill();
  await alice.client.close();
  const device = join(folder, 'device of alice@acme.test');
  const intact = join(folder, 'intact');
  await cp(acme.home.directory, intact, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  await cp(device, join(folder, 'intact device'), { recursive: true });

  const files = await filesIn(intact);
  const first = random.between(0, files.length); // each run takes up other files
  const counts = { refused: 0, alarmed: 0, unchanged: 0 };
  for (let flip = 0; flip < FLIPS; flip += 1) {
    for (const [from, to] of [
      [intact, acme.home.directory],
      [join(folder, 'intact device'), device],
    ] as const) {
      await rm(to, { recursive: true, force: true });
      await cp(from, to, { recursive: true });
    }
    const name = files[(first + flip) % files.length]!;
    const file = join(acme.home.directory, name);
    const bytes = await readFile(file);
    const at = random.between(0, bytes.length);
    bytes[at]! ^= 1 << random.between(0, 8);
    await writeFile(file, bytes);
    const place = `byte ${at} of ${name}`;

    const said = await startOf(acme);
    assert.doesNotMatch(said.text, /^ {4}at |\[internal\]/m, `${place}: ${said.text}`);
    if (!said.started) {
      assert.match(said.text, /^chancery: [^\n]+[;,:] [^\n]+ \[[a-z.-]+\]$/m, place);
      counts.refused += 1;
      continue;
    }
    const status = await acme.call('status', {});
    assert.equal(status.peer, peer, place);
    assert.ok(status.log!.size >= log!.size, place);
    assert.deepEqual((await acme.call('archive.verify', {})).faults, [], place);
    if (name !== CONFIGURATION) {
      const client = await openNodeClient({ home: device });
      await client.connect().catch((error: unknown) => assert.fail(`${place}: ${String(error)}`));
      const { sent } = await client.send(id, 'after');
      assert.equal((await sent).state, 'archived', place);
      await client.close();
    }
    counts[/"alarm":true/.test(said.text) ? 'alarmed' : 'unchanged'] += 1;
    assert.equal(await acme.stop(), 0, place);
    // nothing of it stays behind: the next start, with the file as it was, is like any other
    await writeFile(file, await readFile(join(intact, name)));
  }
  t.diagnostic(JSON.stringify(counts));
});

/** Every file of a home that holds something, but for the database, the lock, and what only editors read. */
async function filesIn(home: string): Promise<string[]> {
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(home, join(parentPath, name)))
    .filter((name) => !/^(?:archive|node\.lock)\/|schema\.json$/.test(name))
    .toSorted();
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(home, name))).size));
  return names.filter((_, at) => sizes[at]! > 0);
}

/** Starts the node; whether it runs, and what it wrote. */
async function startOf(acme: OrganisationProcess): Promise<{ started: boolean; text: string }> {
  const log = `${acme.home.directory}.log`;
  await appendFile(log, '');
  const { size } = await stat(log);
  const started = await acme.start().then(
    () => true,
    () => false,
  );
  return { started, text: (await readFile(log)).subarray(size).toString() };
}

test('a replica whose note of whom it follows, or whose bundle, is flipped or gone does not think that it leads', async (t) => {
  const random = seededRandom(t);
  const world = await startWorld(t, { domains: ['acme.test'], agreed: false });
  const acme = world.federation.organisations[0]!;
  const replica = await joinReplica(world, acme);
  await replica.kill();
  const intact = join(world.folder, 'intact');
  await cp(replica.home.directory, intact, {
    recursive: true,
    filter: (path) => !path.endsWith('.sock'),
  });
  const counts = { refused: 0, follows: 0 };
  const names = ['archive.primary.json', 'gateway.bundle'];
  for (let flip = 0; flip < Math.max(3, FLIPS / 4); flip += 1) {
    await rm(replica.home.directory, { recursive: true });
    await cp(intact, replica.home.directory, { recursive: true });
    const name = names[flip % names.length]!;
    const file = join(replica.home.directory, name);
    const bytes = await readFile(file);
    const at = random.between(0, bytes.length);
    bytes[at]! ^= 1 << random.between(0, 8);
    if (flip === 0) await rm(file);
    else await writeFile(file, bytes);
    const place = flip === 0 ? `no ${name}` : `byte ${at} of ${name}`;

    const said = await startOf(replica);
    assert.doesNotMatch(said.text, /\[internal\]$/m, place);
    if (!said.started) {
      assert.match(said.text, /^chancery: [^\n]+[;,:] [^\n]+ \[[a-z.-]+\]$/m, place);
      counts.refused += 1;
      continue;
    }
    assert.notEqual(flip, 0, 'it started as a primary');
    // it follows, or says what keeps it from that
    await until(`${place}: it follows or says why not`, async () => {
      const { archiveConnected, alarms, peer } = await replica.call('status', {});
      assert.equal(peer, replica.made.peer, place);
      return archiveConnected || alarms.length > 0;
    });
    counts.follows += 1;
    await replica.kill();
  }
  t.diagnostic(JSON.stringify(counts));
  assert.equal((await acme.call('archive.replicas', {})).epoch, 0);
});
