/**
 * The disk changes what a running node has archived: the entries are named in its log and its status, nothing of them is
 * shown or delivered, and they come back from the replica, while members go on. Without a replica the node takes nothing
 * more, says why, and is read and backed up as far as it goes.
 */
import assert from 'node:assert/strict';
import { open, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parseDocument } from 'yaml';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { OrganisationProcess } from '../../scripts/processes/index.ts';
import { ProcessMember } from '../support/process-member.ts';
import { startWorld, type ProcessWorld } from '../support/process-world.ts';
import { until } from '../support/until.ts';

/** Enough that a table has several blocks. */
const MESSAGES = 400;

const VERIFY_SECONDS = 2;

/** More than the one bit that a checksum puts right by itself. */
const CHANGED_BYTES = 64;

async function verifyOften({ home }: OrganisationProcess): Promise<void> {
  const document = parseDocument(await readFile(home.config, 'utf8'));
  document.setIn(['archive', 'verifySeconds'], VERIFY_SECONDS);
  await writeFile(home.config, document.toString());
}

/** An organisation with a conversation of its own, whose archive lies in a table of the database by now. */
async function talked(
  t: TestContext,
): Promise<ProcessWorld & { acme: OrganisationProcess; alice: ProcessMember; id: string }> {
  const world = await startWorld(t, { domains: ['acme.test'], agreed: false });
  const acme = world.federation.organisations[0]!;
  const alice = await ProcessMember.join(world, acme, 'alice@acme.test');
  await ProcessMember.join(world, acme, 'bob@acme.test');
  const { id } = await alice.client.direct('bob@acme.test');
  const sending = [];
  for (let at = 0; at < MESSAGES; at += 1) sending.push((await alice.client.send(id, `message ${at}`)).sent);
  await Promise.all(sending);
  await acme.stop();
  await verifyOften(acme);
  await acme.start();
  return { ...world, acme, alice, id };
}

/** Changes bytes in the middle of the largest table of the database. */
async function damage(location: string): Promise<void> {
  const tables = (await readdir(location)).filter((name) => name.endsWith('.ldb'));
  const sizes = await Promise.all(
    tables.map(async (name) => ({ name, size: (await stat(join(location, name))).size })),
  );
  const [largest] = sizes.sort((one, other) => other.size - one.size);
  assert.ok(largest !== undefined && largest.size > 20_000, 'there is a table to be damaged');
  await using file = await open(join(location, largest.name), 'r+');
  await file.write(Buffer.alloc(CHANGED_BYTES, 0xa5), 0, CHANGED_BYTES, Math.floor(largest.size / 2));
  await file.sync();
}

/** What a node logged, line by line. */
async function logged({ home }: OrganisationProcess): Promise<Record<string, unknown>[]> {
  const text = await readFile(`${home.directory}.log`, 'utf8');
  const lines = text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The node's alarms, as `status` tells them; undefined while the files are put right. */
async function alarms(acme: OrganisationProcess): Promise<string[] | undefined> {
  try {
    return (await acme.call('status', {})).alarms.map(({ message }) => message);
  } catch (error) {
    if (error instanceof ChanceryError && error.code === 'archive.unavailable') return undefined;
    throw error;
  }
}

/** Entries that a list shows as damaged, and the texts that it shows. */
async function shown(acme: OrganisationProcess): Promise<{ damaged: number[]; texts: string[] }> {
  const { entries } = await acme.call('archive.list', { limit: 500 });
  return {
    damaged: entries.filter(({ kind }) => kind === 'damaged').map(({ sequence }) => sequence),
    texts: entries.flatMap(({ message }) => message?.text ?? []),
  };
}

test('C3: what the disk changed under a running node is named, not shown, and stops it until there is a copy', async (t) => {
  const { acme, alice, id, folder } = await talked(t);
  await damage(acme.home.archive);
  await until('the damage is named', async () =>
    (await alarms(acme))?.some((alarm) => /wrong from sequence number \d+ on/.test(alarm)),
  );
  const { damaged, texts } = await shown(acme);
  assert.ok(damaged.length > 0 && damaged.length < MESSAGES, `${damaged.length} entries are damaged`);
  assert.equal(new Set(texts).size + damaged.length, MESSAGES, 'whatever is not damaged is shown');
  await until('each is named in the log', async () => {
    const alarming = (await logged(acme)).filter((line) => line['alarm'] === true);
    const numbers = new Set(alarming.map((line) => line['sequence']));
    return damaged.every((sequence) => numbers.has(sequence));
  });
  const shownAlone = await acme.run(['archive', 'show', String(damaged[0])]);
  assert.equal(shownAlone.code, 1);
  assert.match(
    shownAlone.stderr,
    /^chancery: entry \d+ of the archive cannot be read: [^\n]+ \[archive\.damaged\]\n$/,
  );
  const verified = await acme.run(['archive', 'verify']);
  assert.equal(verified.code, 1);
  for (const sequence of damaged)
    assert.match(verified.stdout, new RegExp(`^${sequence} +archive\\.damaged`, 'm'));
  const stalled = new Promise<ChanceryError>((resolve) => alice.client.onStall(resolve));
  const late = await alice.client.send(id, 'nobody can archive this');
  const { code, message } = await stalled;
  assert.equal(code, 'archive.unavailable');
  assert.match(message, /wrong from sequence number \d+ on/);
  late.sent.catch(() => undefined); // it stays in the outbox
  const page = await alice.client.history(id, { limit: 100, before: damaged[0]! + 1 });
  assert.equal(page.unverified[0]?.type === 'unverified' && page.unverified[0].code, 'archive.damaged');
  const examined = await acme.run(['doctor', '--json']);
  const { checks } = JSON.parse(examined.stdout) as { checks: { name: string; state: string }[] };
  assert.ok(checks.some(({ name, state }) => name === 'archive' && state === 'failed'));
  await assertBackedUp(acme, join(folder, 'backup'), Math.min(...damaged));
  // what was found is kept, and the node says the same after it was started again
  assert.ok((await readdir(`${acme.home.archive}.damaged`)).length > 0);
  await acme.stop();
  await acme.start();
  assert.deepEqual((await shown(acme)).damaged, damaged);
});

/** A backup of a damaged archive holds what comes before the damage, verifies, and says where it ends. */
async function assertBackedUp(acme: OrganisationProcess, folder: string, damaged: number): Promise<void> {
  const made = await acme.run(['backup', folder]);
  assert.equal(made.code, 1);
  const said = made.stderr.split('\n').at(-2) ?? '';
  assert.match(
    said,
    new RegExp(`^chancery: the archive is damaged at entry ${damaged}, .*\\[archive\\.damaged\\]$`),
  );
  const checked = await acme.run(['backup', 'verify', folder, '--json']);
  assert.equal(checked.code, 0, checked.stderr);
  assert.equal((JSON.parse(checked.stdout) as { size: number }).size, damaged);
}

test('C5: with a replica everything comes back from it, and members go on', async (t) => {
  const { acme, alice, id, folder, federation, ends } = await talked(t);
  const { invitation } = await acme.call('node.invite', { roles: ['gateway', 'archive'] });
  const replica = ends.use(
    await OrganisationProcess.create({
      domain: 'acme.test',
      directory: join(folder, 'replica'),
      dnsServer: federation.server.address,
      anchors: federation.tree.anchorLines,
      join: invitation,
    }),
  );
  await replica.start();
  const before = (await acme.call('status', {})).log;
  await until('the replica holds everything', async () => {
    const { replicas } = await acme.call('archive.replicas', {});
    return replicas.some(({ size }) => size !== null && size >= (before?.size ?? Infinity));
  });
  await damage(acme.home.archive);
  await until('it is put right', async () =>
    (await logged(acme)).some((line) => line['mended'] !== undefined),
  );
  const lines = await logged(acme);
  assert.ok(
    lines.some((line) => line['alarm'] === true && /^contents \d+ to \d+$/.test(String(line['hit']))),
    'what was hit is named',
  );
  assert.ok((lines.find((line) => line['mended'] !== undefined)?.['mended'] as number[]).length > 0);
  const { damaged, texts } = await shown(acme);
  assert.deepEqual([damaged, new Set(texts).size], [[], MESSAGES]);
  const verified = await acme.run(['archive', 'verify', '--json']);
  assert.equal(verified.code, 0, verified.stdout);
  assert.equal((await (await alice.client.send(id, 'and on')).sent).state, 'archived');
});
