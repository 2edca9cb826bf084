/**
 * Peers that send garbage, frames beyond every limit and frames that never end, on every protocol, known to the node
 * and not: a good member's messages go on meanwhile, new members come in afterwards, and the process stays what it was.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { enrolNodeClient } from '../../client/adapters/index.ts';
import { decodePkcs8 } from '../../protocol/certificate/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import type { OrganisationProcess } from '../../scripts/processes/index.ts';
import type { Attack } from '../support/attack.ts';
import { ProcessMember } from '../support/process-member.ts';
import { startWorld, type ProcessWorld } from '../support/process-world.ts';

/** How often everything is sent. */
const ROUNDS = Number(process.env['CHANCERY_ROUNDS'] ?? 3);

/** All together fewer than a node lets in from one host in a second, so that the good are not locked out with the bad. */
const STRANGERS = 24;
const KNOWN = 4;
const SOCKETS = 50;

/** Milliseconds for the whole attack. */
const ATTACK_MS = 120_000;

/** The key and certificate of a member who has turned. */
async function turned({ folder }: ProcessWorld, acme: OrganisationProcess): Promise<Attack['known']> {
  const address = 'mallory@acme.test';
  await acme.call('member.add', { address, name: 'Mallory' });
  const { invitation } = await acme.call('member.invite', { address });
  const home = join(folder, 'device of mallory');
  const { bundle } = await enrolNodeClient({ home, invitation, label: 'turned' });
  const seed = valueOf(decodePkcs8(await readFile(join(home, 'device.key'), 'utf8')));
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  return { peers: KNOWN, seed: base64(seed), bundle: base64(bundle) };
}

/** Runs the attack in a process of its own; resolves with the number of streams that each peer could open. */
async function attackOn(acme: OrganisationProcess, known: Attack['known']): Promise<number[]> {
  const [address = ''] = (await acme.call('status', {})).addresses;
  const attack: Attack = { address, strangers: STRANGERS, known, sockets: SOCKETS, rounds: ROUNDS };
  const program = fileURLToPath(new URL('../support/attack.ts', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(attack)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: ATTACK_MS,
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  assert.equal(code, 0, 'the attack itself went wrong');
  return JSON.parse(said) as number[];
}

function residentMegabytes(pid: number): number {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  return Math.round(Number(stdout) / 1024);
}

test('hostile peers cost a good member nothing', async (t) => {
  const world = await startWorld(t, { domains: ['acme.test'], agreed: false });
  const [acme] = world.federation.organisations as [OrganisationProcess];
  const alice = await ProcessMember.join(world, acme, 'alice@acme.test');
  const bob = await ProcessMember.join(world, acme, 'bob@acme.test');
  const { id: conversation } = await alice.client.direct('bob@acme.test');
  const known = await turned(world, acme);
  const { pid } = acme;
  const before = residentMegabytes(pid);

  const attack = { over: false };
  const attacking = attackOn(acme, known).finally(() => (attack.over = true));
  let talked = 0;
  while (!attack.over || talked === 0) {
    const { id, sent } = await alice.client.send(conversation, `message ${talked}`);
    assert.equal((await sent).state, 'archived');
    await bob.until(() => bob.shown(conversation).includes(id));
    talked += 1;
  }
  const opened = await attacking;
  const streams = opened.reduce((sum, count) => sum + count, 0);
  assert.ok(streams >= STRANGERS + KNOWN, `the attack did not get through: ${streams} streams`);
  const during = residentMegabytes(pid);

  assert.equal(alice.client.state.state, 'online');
  assert.equal(acme.pid, pid, 'the process is the one that it was');
  assert.deepEqual((await acme.call('archive.verify', {})).faults, []);
  const carol = await ProcessMember.join(world, acme, 'carol@acme.test');
  const { sending } = await carol.client.direct('alice@acme.test');
  assert.equal((await sending?.sent)?.state, 'archived');
  t.diagnostic(`${streams} hostile streams, ${talked} good messages; memory ${before} MB, then ${during} MB`);
});
