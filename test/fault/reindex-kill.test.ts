/**
 * The views of a stopped node are made anew, and that is killed at any moment: the next attempt goes on, so does a node
 * that is started, and in the end everything is found as it was.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { ArchiveLog, type Op } from '../../node/archive/index.ts';
import { platform } from '../../node/composition/platform.ts';
import { fileKeyStore, findPassphrase } from '../../node/keys/index.ts';
import { ledgerToRemake, remadeUpTo, remakeViews, type Ledger } from '../../node/ledger/index.ts';
import { EVERY_VIEW } from '../../node/ledger/prefixes.ts';
import { openSealing } from '../../node/sealing/index.ts';
import { logOrigin } from '../../protocol/checkpoint/index.ts';
import { PROGRAMS, type OrganisationProcess } from '../../scripts/processes/index.ts';
import { archivedIds } from '../support/archived.ts';
import { ProcessMember } from '../support/process-member.ts';
import { startWorld } from '../support/process-world.ts';
import { seededRandom } from '../support/seeded-random.ts';

const MESSAGES = 800;

/** How often it is killed. */
const KILLS = Number(process.env['CHANCERY_REINDEX_KILLS'] ?? 3);

/** Rows of views that are lost beforehand: one in so many. */
const LOST = 3;

/** Does something with the ledger of a stopped node. */
async function withLedger<T>(
  { domain, home }: OrganisationProcess,
  act: (ledger: Ledger) => T | Promise<T>,
): Promise<T> {
  const { suite, clock, randomBytes } = platform;
  const passphrase = findPassphrase({}, null);
  const keys = fileKeyStore({ directory: home.keysDirectory, passphrase, randomBytes });
  const { entries: sealer, views } = await openSealing(keys, randomBytes);
  const { sha256 } = suite;
  const origin = logOrigin(domain);
  const options = { location: home.archive, origin, sha256, sealer, clock, randomBytes };
  await using log = await ArchiveLog.open(options);
  return await act(ledgerToRemake(log, domain, sha256, views));
}

/** Every row of every view, opened. */
async function rowsOf(ledger: Ledger): Promise<string[]> {
  const rows: string[] = [];
  for await (const [key, value] of ledger.iterate(EVERY_VIEW))
    rows.push(`${Buffer.from(key).toString('hex')} ${Buffer.from(value).toString('hex')}`);
  return rows;
}

/** Takes away one row in so many. */
async function lose({ log }: Ledger): Promise<void> {
  const ops: Op[] = [];
  let at = 0;
  for await (const [key] of log.iterate(EVERY_VIEW)) if (at++ % LOST === 0) ops.push({ type: 'del', key });
  await log.derive(ops);
}

/** Runs the command, and kills it after so many milliseconds; whether it was done before. */
async function reindexFor({ home }: OrganisationProcess, milliseconds: number): Promise<boolean> {
  const args = [PROGRAMS.chancery, '--home', home.directory, 'archive', 'reindex'];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  assert.ok(code === 0 || code === null, 'it is done, or was killed');
  return code === 0;
}

test(`views are whole after the command that makes them was killed ${KILLS} times`, async (t) => {
  const random = seededRandom(t);
  const world = await startWorld(t, { domains: ['acme.test', 'partner.test'], agreed: true });
  const [acme, partner] = world.federation.organisations as [OrganisationProcess, OrganisationProcess];
  const alice = await ProcessMember.join(world, acme, 'alice@acme.test');
  const bob = await ProcessMember.join(world, partner, 'bob@partner.test');
  const { id } = await alice.client.direct('bob@partner.test');
  const sending = [];
  for (let at = 0; at < MESSAGES; at += 1) sending.push((await alice.client.send(id, `message ${at}`)).sent);
  await Promise.all(sending);
  await bob.until(() => bob.shown(id).length > MESSAGES);
  const running = await acme.run(['archive', 'reindex']);
  assert.equal(running.code, 1);
  assert.match(running.stderr, /^chancery: [^\n]+\[node\.running\]\n$/);
  const ids = await archivedIds(acme, id);
  await acme.stop();
  const expected = await withLedger(acme, rowsOf);
  await withLedger(acme, lose);

  const began = performance.now();
  let isDone = await reindexFor(acme, 60_000);
  const lasts = performance.now() - began;
  assert.ok(isDone);
  assert.deepEqual(await withLedger(acme, rowsOf), expected);
  let unfinished = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    isDone = await reindexFor(acme, random.between(Math.floor(0.6 * lasts), Math.ceil(lasts)));
    if (isDone) await withLedger(acme, lose);
    if ((await withLedger(acme, remadeUpTo)) === undefined) continue;
    unfinished += 1;
  }
  t.diagnostic(`${unfinished} of ${KILLS} kills left views that were not whole`);
  await acme.cli(['archive', 'reindex']);
  assert.deepEqual(await withLedger(acme, rowsOf), expected);

  await withLedger(acme, async (ledger) => {
    const cut = remakeViews(ledger, () => {
      throw new Error('cut short');
    });
    await assert.rejects(cut, /cut short/);
  });
  await acme.start(); // goes on with it
  assert.deepEqual(await archivedIds(acme, id), ids);
  const { sent } = await alice.client.send(id, 'and on');
  assert.equal((await sent).state, 'archived');
  assert.deepEqual((await acme.call('archive.verify', {})).faults, []);
});
