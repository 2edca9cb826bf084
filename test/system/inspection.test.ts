/** Files of members and partners between two nodes, looked into by the scanners of the field: what they find, and what they do not. */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { NewFile } from '../../client/index.ts';
import type { ScannerSetting } from '../../node/config/index.ts';
import { inspectionOf, type RecordOf } from '../../node/ledger/index.ts';
import { MAX_FILES_WAITING } from '../../protocol/wire/index.ts';
import { testFile } from '../../node/inspection/scanners/test-file.ts';
import {
  CLAMD_COMMANDS,
  CLAMD_PACKAGES,
  ICAP_COMMANDS,
  ICAP_PACKAGES,
  SIGNATURE,
  startClamd,
  startIcap,
  startSpeaker,
  type Running,
  type Speaker,
} from '../support/malware-scanners.ts';
import { zipOf } from '../support/inspected.ts';
import { startPartners, type Partners } from '../support/partners.ts';
import { applyPolicy, flush, messagesOf, NO_POLICY } from '../support/policing.ts';
import { requireCommands } from '../support/requirements.ts';
import { joinClient, type TestClient } from '../support/test-client.ts';
import { until } from '../support/until.ts';

const MAX_BYTES = 26_214_400;

/** A scanner as a node is set up with it, and the program behind it that does the looking. */
interface Behind {
  readonly setting: ScannerSetting;
  readonly engine: RegExp;
  /** Each of these can be away. */
  readonly programs: readonly Running[];
}

interface World extends Partners, Behind {
  readonly alice: TestClient;
  readonly adam: TestClient;
  readonly bob: TestClient;
  readonly group: string;
}

async function clamdBehind(): Promise<Behind> {
  const clamd = await startClamd(MAX_BYTES);
  const setting = { name: 'clamav', clamd: { path: clamd.path } };
  return { setting, engine: /^ClamAV \d/, programs: [clamd] };
}

async function icapBehind(): Promise<Behind> {
  const clamd = await startClamd(MAX_BYTES);
  const icap = await startIcap(clamd);
  return {
    setting: { name: 'gateway', icap: icap.url },
    engine: /^C-ICAP\/.*Antivirus/,
    programs: [icap, clamd],
  };
}

/** acme.test has its files scanned, partner.test does not: what its members send is found at acme.test alone. */
async function startWorld(start: () => Promise<Behind>): Promise<World> {
  const behind = await start();
  const partners = await startPartners({ acme: { scanners: [behind.setting] } });
  const { acme, partner } = partners;
  const alice = await joinClient(acme, 'alice@acme.test', 'Alice');
  const adam = await joinClient(acme, 'adam@acme.test', 'Adam');
  const bob = await joinClient(partner, 'bob@partner.test', 'Bob');
  const made = await alice.client.createConversation({
    ...{ type: 'group', title: 'Quay', members: ['adam@acme.test', 'bob@partner.test'] },
  });
  assert.equal((await made.sent).state, 'archived');
  for (const { client } of [adam, bob])
    await until('the group', async () => (await client.conversation(made.id)) !== undefined);
  return { ...behind, ...partners, alice, adam, bob, group: made.id };
}

async function stopWorld({ alice, adam, bob, acme, partner, dns, programs }: World): Promise<void> {
  for (const each of [alice, adam, bob]) await each[Symbol.asyncDispose]();
  for (const each of [acme, partner, ...programs]) await each.stop();
  await dns.server.stop();
}

function rule(direction: 'in' | 'out', state: string, then: string): string {
  const when = `{ direction: ${direction}, attachment: { is: [${state}] } }`;
  return `version: 1\nrules: [{ id: the-rule, reason: R., when: ${when}, then: ${then} }]\n`;
}

let made = 0;

/** A file that no other is like: what was found of one is known for a while. */
function fileOf(what: 'clean' | 'infected' | 'packed'): NewFile {
  made += 1;
  const words = Buffer.from(`words of file ${made}`);
  const infected = Buffer.concat([testFile, words]);
  const bytes =
    what === 'packed'
      ? zipOf({ 'in.zip': zipOf({ 'a.txt': infected }) })
      : what === 'clean'
        ? words
        : infected;
  const read = (at: number, length: number): Promise<Uint8Array> =>
    Promise.resolve(bytes.subarray(at, at + length));
  const name = `file ${made}${what === 'packed' ? '.zip' : '.txt'}`;
  const type = what === 'packed' ? 'application/zip' : 'text/plain';
  return { name, type, size: bytes.length, read };
}

type Sent = Awaited<Awaited<ReturnType<TestClient['client']['attach']>>['sent']> & { readonly id: string };

async function attach({ client }: TestClient, group: string, file: NewFile): Promise<Sent> {
  const { id, sent } = await client.attach(group, file);
  return { id, ...(await sent) };
}

function codeOf(sent: Sent): string {
  return sent.state === 'refused' ? sent.code : sent.state;
}

/** What acme.test keeps of what was found in the file of a message. */
function foundIn({ acme }: World, id: string): RecordOf<'inspection'> | undefined {
  return inspectionOf(acme.node.organisation.ledger, Buffer.from(id, 'hex'));
}

/** What a decision about a message found in its file; that it was blocked is recorded beside the refusal. */
async function reasonsOf({ acme }: World, id: string): Promise<readonly unknown[]> {
  const { decisions } = acme.node.organisation.policing;
  const decision = await until('the decision', async () => {
    const newest = await decisions.all(null, 10);
    return newest.find((one) => Buffer.from(one.decision.message).toString('hex') === id)?.decision;
  });
  return decision.reasons.map(({ rule: name, findings }) => [decision.outcome, name, findings[0]?.kind]);
}

async function scannerGaps({ acme }: World): Promise<string[]> {
  const { gaps } = await acme.operations.gaps({ severity: 'critical' });
  return gaps.filter(({ kind }) => kind === 'scanner-blind').map(({ subject }) => subject);
}

function suite(
  name: string,
  needs: readonly [readonly string[], string],
  start: () => Promise<Behind>,
): void {
  describe(`a node whose files ${name} looks into`, () => {
    let started: Promise<World> | undefined;
    const world = async (t: TestContext): Promise<World | undefined> =>
      requireCommands(t, ...needs) ? await (started ??= startWorld(start)) : undefined;

    after(async () => {
      if (started !== undefined) await stopWorld(await started);
    });

    it('lets nothing infected out, alone or packed, and keeps what was said of what it lets out', async (t) => {
      const w = await world(t);
      if (w === undefined) return;
      const { acme, alice, group, engine, setting } = w;
      await applyPolicy(acme, rule('out', 'infected', 'block'));
      for (const what of ['infected', 'packed'] as const) {
        const refused = await attach(alice, group, fileOf(what));
        assert.equal(codeOf(refused), 'policy.blocked', what);
        assert.deepEqual(await reasonsOf(w, refused.id), [['block', 'the-rule', 'infected']]);
      }
      const clean = await attach(alice, group, fileOf('clean'));
      assert.equal(codeOf(clean), 'archived');
      const { states, failed, verdicts, type } = foundIn(w, clean.id) ?? assert.fail();
      assert.deepEqual([type, states, failed], ['text/plain', [], null]);
      assert.deepEqual(
        verdicts.map(({ scanner, state }) => [scanner, state]),
        [[setting.name, 'clean']],
      );
      assert.match(verdicts[0]?.engine ?? '', engine);
    });

    it('lets nothing infected of a partner in, and holds it where the rule says so, under the name of the malware', async (t) => {
      const w = await world(t);
      if (w === undefined) return;
      const { acme, alice, adam, bob, group, setting } = w;
      await applyPolicy(acme, rule('in', 'infected', 'block'));
      const refused = await attach(bob, group, fileOf('infected'));
      assert.equal(codeOf(refused), 'archived', 'his own organisation does not look');
      const delivery = await until('the refusal', async () => (await bob.client.deliveries(refused.id))[0]);
      const { outcome } = delivery;
      assert.equal(outcome.state === 'refused' ? outcome.code : outcome.state, 'policy.blocked');
      assert.equal(foundIn(w, refused.id), undefined);

      await applyPolicy(acme, rule('in', 'infected', 'hold'));
      const held = await attach(bob, group, fileOf('infected'));
      const clean = await attach(bob, group, fileOf('clean'));
      await flush(bob, [alice, adam], group);
      const shown = (await messagesOf(adam, group)).map(({ id }) => id);
      assert.deepEqual(
        [refused, held, clean].map(({ id }) => shown.includes(id)),
        [false, false, true],
      );
      const { states, verdicts } = foundIn(w, held.id) ?? assert.fail();
      assert.ok(states.includes('infected'));
      assert.deepEqual(
        verdicts.map(({ scanner, state, name: malware }) => [scanner, state, malware]),
        [[setting.name, 'infected', SIGNATURE]],
      );
    });

    it('lets nothing through that could not be scanned, says why, and goes on once the scanner is back', async (t) => {
      const w = await world(t);
      if (w === undefined) return;
      const { acme, alice, adam, bob, group, programs, setting } = w;
      for (const program of programs) {
        assert.deepEqual(await scannerGaps(w), []);
        await program.down();
        assert.deepEqual(await scannerGaps(w), [setting.name]);
        await applyPolicy(acme, rule('out', 'unscanned', 'block'));
        const refused = await attach(alice, group, fileOf('clean'));
        assert.equal(codeOf(refused), 'policy.blocked');
        assert.deepEqual(await reasonsOf(w, refused.id), [['block', 'the-rule', 'unscanned']]);
        await applyPolicy(acme, rule('in', 'unscanned', 'hold'));
        const held = await attach(bob, group, fileOf('infected'));
        await flush(bob, [alice, adam], group);
        assert.ok(!(await messagesOf(adam, group)).some(({ id }) => id === held.id));
        const found = foundIn(w, held.id);
        assert.ok(found !== undefined);
        assert.ok(found.states.includes('unscanned') && !found.states.includes('infected'));
        assert.deepEqual(
          found.verdicts.map(({ state, name: reason }) => [state, reason !== undefined && reason !== '']),
          [['failed', true]],
        );

        await program.up();
        await applyPolicy(acme, rule('out', 'unscanned, infected', 'block'));
        assert.equal(codeOf(await attach(alice, group, fileOf('clean'))), 'archived');
        assert.equal(codeOf(await attach(alice, group, fileOf('infected'))), 'policy.blocked');
      }
      await applyPolicy(acme, NO_POLICY);
    });
  });
}

suite('clamd', [CLAMD_COMMANDS, CLAMD_PACKAGES], clamdBehind);
suite('a scanner behind ICAP', [ICAP_COMMANDS, ICAP_PACKAGES], icapBehind);

describe('a node whose scanner takes its time', () => {
  let held = Promise.withResolvers<undefined>();
  let speaker: Speaker;
  let world: World;

  before(async () => {
    speaker = await startSpeaker((asked) => {
      if (asked.startsWith('zVERSION')) return 'ClamAV 1\0';
      return asked.endsWith('\0\0\0\0') ? held.promise.then(() => 'stream: OK\0') : undefined;
    });
    const setting = { name: 'slow', clamd: { host: '127.0.0.1', port: speaker.port } };
    const programs = [{ down: speaker.stop, up: speaker.stop, stop: speaker.stop }];
    world = await startWorld(() => Promise.resolve({ setting, engine: /^ClamAV/, programs }));
    await applyPolicy(world.acme, rule('in', 'unscanned', 'block'));
  });

  after(async () => stopWorld(world));

  const waiting = (): number => world.acme.node.organisation.incoming.waiting().size;

  async function arrival(id: string): Promise<string> {
    const { outcome } = await until('the delivery', async () => (await world.bob.client.deliveries(id))[0]);
    return outcome.state === 'refused' ? outcome.code : outcome.state;
  }

  it('loses none of a partner’s files that come faster than they are looked into', async () => {
    const { alice, bob, group } = world;
    const sent: Sent[] = [];
    for (let file = 0; file < 12; file += 1) sent.push(await attach(bob, group, fileOf('clean')));
    await until('files to wait', () => waiting() >= MAX_FILES_WAITING / 2);
    for (let time = 0; time < 5; time += 1) await flush(alice, [bob], group); // more would come meanwhile
    assert.equal(waiting(), MAX_FILES_WAITING / 2);
    held.resolve(undefined);
    for (const { id } of sent) assert.equal(await arrival(id), 'archived');
  });

  it('has a partner hand in again what it was at when it stopped', async () => {
    const { bob, group } = world;
    held = Promise.withResolvers();
    const { id } = await attach(bob, group, fileOf('clean'));
    await until('the file', () => waiting() === 1);
    const stopping = world.acme.restart();
    held.resolve(undefined);
    world = { ...world, acme: await stopping };
    assert.equal(await arrival(id), 'archived');
  });
});
