/** Custodians are told of the legal holds that name them, where these have words for them, until they acknowledge it or the hold ends. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openNodeClient } from '../../client/adapters/index.ts';
import { runProgram } from '../../client/chat/program.ts';
import type { Client, HoldNotice } from '../../client/index.ts';
import { readAct } from '../../protocol/oversight/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { freePort } from '../../scripts/processes/index.ts';
import { FakeTerminal } from '../support/fake-terminal.ts';
import { joinClient, type TestClient } from '../support/test-client.ts';
import { FACTS, TestDevice } from '../support/test-device.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';

const ALICE = 'alice@acme.test';
const BOB = 'bob@acme.test';
const SILENT = 'Inquiry 7';
const MATTER = 'Smith v. Acme';
const TEXT = 'Delete nothing that has to do with Mr Smith.\nAsk Olive what that is.';
const OTHER = 'Jones v. Acme';

describe('C12: the notice of a legal hold', () => {
  let dns: TestDns;
  let node: TestNode;
  const joined: TestClient[] = [];
  const homes = new Map<string, string>();
  let hold: number;
  let signed: number;

  before(async () => {
    dns = await startDns('acme.test');
    const listen = [`/ip4/127.0.0.1/tcp/${await freePort()}`];
    node = await startTestNode(dns, 'acme.test', { listen });
    const roles = ['member', 'compliance-officer'] as const;
    for (const name of ['olive', 'oscar'])
      await node.operations['member.add']({ address: `${name}@acme.test`, name, roles: [...roles] });
    for (const [device, address] of [
      ['laptop', ALICE],
      ['phone', ALICE],
      ['tablet', BOB],
      ['olive', 'olive@acme.test'],
      ['oscar', 'oscar@acme.test'],
    ] as const) {
      const client = await joinClient(node, address, address);
      await client.client.close();
      joined.push(client);
      homes.set(device, client.home);
    }
  });

  after(async () => {
    for (const client of joined) await client[Symbol.asyncDispose]();
    await node.stop();
    await dns.server.stop();
  });

  /** A session of a device, from its beginning. */
  async function on<T>(device: string, act: (client: Client) => Promise<T> | T): Promise<T> {
    await using client = await openNodeClient({ home: homes.get(device)! });
    await client.connect();
    return await act(client);
  }

  const told = (device: string): Promise<readonly HoldNotice[]> => on(device, (client) => client.holdNotices);

  async function run(device: string, ...args: string[]): Promise<FakeTerminal & { code: number }> {
    const terminal = new FakeTerminal();
    const code = await runProgram(['--accept-recording', ...args], {
      terminal,
      env: {},
      version: '1',
      defaultHome: homes.get(device)!,
      hostname: 'laptop',
      open: (home) => openNodeClient({ home }),
      enrol: () => Promise.reject(new Error('not asked for')),
    });
    return Object.assign(terminal, { code });
  }

  function place(matter: string, people: string[], notice?: string): Promise<{ sequence: number }> {
    const nothing = { conversations: [], organisations: [], words: [], from: null, until: null };
    const reason = 'claim of 4 May';
    const placed = { matter, people, ...nothing, actor: 'olive@acme.test', reason };
    return node.operations['hold.place'](notice === undefined ? placed : { ...placed, notice });
  }

  const custodians = async (matter: string): Promise<string[]> =>
    (await node.operations['hold.show']({ matter })).custodians.map(
      ({ hold: of, person, acknowledged }) =>
        `${of} ${person} ${acknowledged === null ? 'not yet' : 'acknowledged'}`,
    );

  const acknowledgements = (): number => {
    const { log } = node.node.organisation;
    return Array.from({ length: log.size }, (_, at) => log.entry(at)!.kind).filter(
      (kind) => kind === 'hold-notice',
    ).length;
  };

  it('is given to nobody where the hold has none', async () => {
    const { sequence } = await place(SILENT, [ALICE, BOB]);
    for (const device of ['laptop', 'phone', 'tablet']) assert.deepEqual(await told(device), []);
    const { err } = await run('laptop', 'devices');
    assert.doesNotMatch(err, /hold|Inquiry/i);
    assert.deepEqual(await custodians(SILENT), []);
    await on('laptop', (client) =>
      assert.rejects(client.acknowledgeHold(sequence), { code: 'hold.unknown' }),
    );
    assert.equal(acknowledgements(), 0);
  });

  it('is given to whom the hold names, on each of their devices, and hidden from other members', async () => {
    ({ sequence: hold } = await place(MATTER, [ALICE], TEXT));
    const notice = { hold, matter: MATTER, text: TEXT };
    for (const device of ['laptop', 'phone']) assert.deepEqual(await told(device), [notice]);
    for (const device of ['tablet', 'olive', 'oscar']) assert.deepEqual(await told(device), []);
    await on('tablet', (client) => assert.rejects(client.acknowledgeHold(hold), { code: 'hold.unknown' }));
    assert.deepEqual(await custodians(MATTER), [`${hold} ${ALICE} not yet`]);
    node = await node.restart();
    assert.deepEqual(await told('phone'), [notice]);
  });

  it('is not sent to a device that does not say it shows it', async (t) => {
    const older = await TestDevice.enrol(node, ALICE, 'Alice');
    t.after(() => older.stop());
    const begun = await older.ask({ type: 'begin', facts: FACTS, attestation: null });
    assert.ok(begun.type === 'begun' && !('holdNotices' in begun));
    const shows = { type: 'begin', facts: FACTS, attestation: null, holdNotices: true } as const;
    const again = await older.ask(shows);
    assert.ok(again.type === 'begun' && again.holdNotices?.length === 1);
  });

  it('is shown by each command until it was accepted, on one device for all, and that is on record once', async () => {
    const shown = await run('laptop', 'devices');
    const [first, second] = TEXT.split('\n');
    const words = `Legal hold ${hold} for ${MATTER}:\n    ${first}\n    ${second}\n`;
    assert.ok(shown.err.endsWith(`${words}To acknowledge that, and not be told again: add --accept-hold\n`));
    assert.equal(acknowledgements(), 0);
    const accepted = await run('laptop', '--accept-hold', 'devices');
    assert.deepEqual([accepted.code, accepted.err], [0, words]);
    assert.equal((await run('laptop', 'devices')).err, '');
    assert.deepEqual(await told('phone'), []);
    await on('phone', (client) => client.acknowledgeHold(hold));
    assert.equal(acknowledgements(), 1);
    assert.deepEqual(await custodians(MATTER), [`${hold} ${ALICE} acknowledged`]);
    const { acts } = await node.operations.audit({ entry: hold, kind: 'hold-notice', limit: 10 });
    assert.match(acts[0]?.text ?? '', new RegExp(`^${ALICE} acknowledged on device \\S+ .* hold ${hold}$`));
    assert.deepEqual([acts.length, acts[0]?.actor], [1, ALICE]);
  });

  it('is part of what an officer signs who places the hold', async () => {
    const options = ['--person', ALICE, '--person', BOB, '--reason', 'claim', '--notify', 'Keep all of it.'];
    const placed = await run('olive', '--json', 'oversight', 'hold', OTHER, ...options);
    assert.equal(placed.code, 0, placed.err);
    ({ hold: signed } = JSON.parse(placed.out) as { hold: number });
    const act = node.node.organisation.ledger.record('officer-act', signed - 1)!;
    const { deed } = valueOf(readAct(act.act));
    assert.equal(deed.kind === 'hold' && deed.notice, 'Keep all of it.');
    const notice = { hold: signed, matter: OTHER, text: 'Keep all of it.' };
    for (const device of ['phone', 'tablet']) assert.deepEqual(await told(device), [notice]);
    await on('tablet', async (client) => {
      await client.acknowledgeHold(signed);
      assert.deepEqual(client.holdNotices, []);
    });
    assert.deepEqual(await custodians(OTHER), [
      `${signed} ${ALICE} not yet`,
      `${signed} ${BOB} acknowledged`,
    ]);
    const tooLong = [...options.slice(0, -1), 'x'.repeat(4_097)];
    assert.equal((await run('olive', 'oversight', 'hold', OTHER, ...tooLong)).code, 2);
  });

  it('ends with the hold, while what was acknowledged stays on record', async () => {
    await on('laptop', async (client) => {
      assert.deepEqual(
        client.holdNotices.map((one) => one.hold),
        [signed],
      );
      const { entry } = await on('olive', ({ oversight }) => oversight.askRelease(OTHER, 'settled'));
      await on('oscar', async ({ oversight }) => oversight.approve(await oversight.request(entry)));
      await assert.rejects(client.acknowledgeHold(signed), { code: 'hold.unknown' });
      assert.deepEqual(client.holdNotices, []);
    });
    for (const device of ['laptop', 'phone', 'tablet']) assert.deepEqual(await told(device), []);
    assert.deepEqual(await custodians(OTHER), [
      `${signed} ${ALICE} not yet`,
      `${signed} ${BOB} acknowledged`,
    ]);
    assert.deepEqual((await node.operations['archive.verify']({})).faults, []);
  });
});
