/**
 * The audit of an archive that two organisations really wrote, over rotations of both roots: it holds as it is, years
 * later too; and whatever is taken out of it or changed, what rests on that is refused with its own code.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { contentKey } from '../../../node/archive/keys.ts';
import { sodiumSigner, sodiumSuite } from '../../../node/crypto/index.ts';
import { recordOf } from '../../../node/ledger/index.ts';
import { parseCertificate } from '../../../protocol/certificate/index.ts';
import type { TrustAnchor } from '../../../protocol/dnssec/index.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { decodeBundle } from '../../../protocol/identity/index.ts';
import { decodeMessage } from '../../../protocol/message/index.ts';
import { readRoster, signRoster, type Revocation } from '../../../protocol/statement/index.ts';
import { DnsTree } from '../../../scripts/dns/index.ts';
import { audit, edited, entriesOf, entry, type Written } from '../../support/rewritten-log.ts';
import { TestDevice } from '../../support/test-device.ts';
import { federate, startDns, startTestNode, type TestNode } from '../../support/test-node.ts';
import { until } from '../../support/until.ts';

const YEARS = 20 * 365 * 86_400_000;

let entries: Written[];
let anchors: readonly TrustAnchor[];
let partner: TestNode;
let alice: TestDevice;
let bob: TestDevice;
let conversation: Uint8Array;
let accepted: Awaited<ReturnType<TestNode['operations']['archive.show']>>['accepted'][];
let roots: { readonly acme: string[]; readonly partner: string[] };

before(async () => {
  const dns = await startDns('acme.test', 'partner.test');
  anchors = dns.tree.anchors;
  let acme = await startTestNode(dns, 'acme.test');
  partner = await startTestNode(dns, 'partner.test');
  await federate(acme, partner);
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
  conversation = await alice.create('bob@partner.test');
  await until('bob to know the conversation', async () => {
    const answer = await bob.ask({ type: 'history', conversation, before: null, limit: 1 });
    return answer.type === 'feed';
  });
  await says(alice, 'from alice');
  await says(bob, 'from bob');
  await arrives(acme, 'from bob');

  // bob's next message lies in the outbox while the root changes
  await alice.stop();
  await acme.node.stop();
  await says(bob, 'before the rotation');
  await rotate(dns.tree, partner);
  acme = await acme.restart();
  await arrives(acme, 'before the rotation');
  bob = await again(partner, bob);
  await says(bob, 'after the rotation');
  await arrives(acme, 'after the rotation');
  const early = await alice.sign({ kind: 'text', text: 'signed before ours' }, { conversation });
  await rotate(dns.tree, acme);
  alice = await again(acme, alice);
  await alice.submit(early);
  await says(alice, 'after ours');

  entries = await entriesOf(acme.node.organisation.log);
  accepted = [];
  for (const sequence of messages()) {
    accepted.push((await acme.operations['archive.show']({ sequence })).accepted);
  }
  roots = {
    acme: [acme.made.rootId, acme.node.organisation.standing.rootId],
    partner: [partner.made.rootId, partner.node.organisation.standing.rootId],
  };
  assert.deepEqual((await acme.operations['archive.verify']({})).faults, []);
  for (const each of [alice, bob, acme, partner]) await each.stop();
  await dns.server.stop();
});

/** The same device with a session of its own: a node that has another root shows everybody out. */
async function again(node: TestNode, device: TestDevice): Promise<TestDevice> {
  await device.stop();
  return TestDevice.connect(node, device.key, device.address, device.bundle);
}

async function says(device: TestDevice, text: string): Promise<void> {
  assert.equal((await device.say(conversation, text)).state, 'archived');
}

function arrives(node: TestNode, text: string): Promise<unknown> {
  return until(`"${text}" to arrive`, async () => {
    const { entries: listed } = await node.operations['archive.list']({ limit: 20 });
    return listed.find(({ message }) => message?.text === text);
  });
}

async function rotate(tree: DnsTree, node: TestNode): Promise<void> {
  for (const step of ['prepare', 'complete'] as const) {
    const { records } = await node.operations['identity.rotate-root']({ step });
    tree.setTxt(
      records[0]!.name,
      records.map(({ value }) => value),
    );
  }
  await node.node.organisation.ownProof.refresh();
}

function textOf({ kind, content }: Written): string | undefined {
  if (kind !== 'message') return undefined;
  const { content: said } = valueOf(decodeMessage(recordOf('message', content).envelope, sodiumSuite));
  return said.kind === 'text' ? said.text : said.kind;
}

/** Where the message with this text is. */
function at(text: string, log: readonly Written[] = entries): number {
  const sequence = log.findIndex((one) => textOf(one) === text);
  assert.notEqual(sequence, -1, text);
  return sequence;
}

/** The last entry before another one that is of a kind and, where it names one, of a domain. */
function lastBefore(kind: Written['kind'], before: number, domain?: string): number {
  const sequence = entries.findLastIndex((one, index) => {
    if (index >= before || one.kind !== kind) return false;
    const record = recordOf(kind, one.content) as { readonly domain?: string };
    return domain === undefined || record.domain === domain;
  });
  assert.notEqual(sequence, -1, kind);
  return sequence;
}

function without(...sequences: number[]): Written[] {
  return entries.filter((_, sequence) => !sequences.includes(sequence));
}

function inserted(before: number, ...more: Written[]): Written[] {
  return entries.toSpliced(before, 0, ...more);
}

function flipped(bytes: Uint8Array, index = -1): Uint8Array {
  const changed = Uint8Array.from(bytes);
  const place = index < 0 ? changed.length + index : index;
  changed[place] = changed[place]! ^ 1;
  return changed;
}

/** What the audit says of the message with this text, and of each other kind of entry. */
async function verdict(
  log: readonly Written[],
  text: string,
  trusted: readonly TrustAnchor[] = anchors,
): Promise<{ message: string | undefined; others: string[] }> {
  const { faults } = await audit(log, trusted);
  const place = at(text, log);
  return {
    message: faults.find(({ sequence }) => sequence === place)?.code,
    others: faults.flatMap(({ sequence, code }) =>
      log[sequence]!.kind === 'message' ? [] : [`${log[sequence]!.kind} ${code}`],
    ),
  };
}

/** A roster of the partner with one number more than the last, that revokes a certificate. */
async function revoking(text: string, serial: string, change: Partial<Revocation> = {}): Promise<Written> {
  const { time, content } = entries[lastBefore('roster', at(text), 'partner.test')]!;
  const record = recordOf('roster', content);
  const { domain, number, issued, nextUpdate, nodes } = valueOf(readRoster(record.statement));
  const revoked = [{ serial, at: issued, reason: 'key-compromise' as const, ...change }];
  const roster = { domain, number: number + 1, issued, nextUpdate, nodes, revoked };
  const statement = await signRoster(roster, sodiumSigner(partner.made.seeds.statement));
  return entry('roster', { ...record, number: number + 1, statement }, time);
}

function serialOf(device: TestDevice): string {
  return valueOf(parseCertificate(valueOf(decodeBundle(device.bundle)).chain[0]!)).serial;
}

describe('the audit of an archive', () => {
  it('finds nothing wrong in what two organisations wrote, over rotations of both roots', async () => {
    assert.deepEqual(await audit(entries, anchors), {
      messages: 7,
      sealed: 0,
      disposed: 0,
      faults: [],
      damaged: [],
    });
  });

  it('says the same twenty years later, without network or clock', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + YEARS });
    assert.deepEqual((await audit(entries, anchors)).faults, []);
  });

  it('agrees with what is shown of each message: root, level, proof and device', () => {
    const shown = accepted.map((one) => [
      one?.domain,
      one?.rootId,
      one?.level,
      one?.proof?.length,
      one?.device,
    ]);
    const device = (one: TestDevice) => Buffer.from(one.certificateHash).toString('hex');
    const own = (root: number) => ['acme.test', roots.acme[root], 'dnssec', 64, device(alice)];
    const theirs = (root: number) => ['partner.test', roots.partner[root], 'dnssec', 64, device(bob)];
    assert.deepEqual(shown, [own(0), own(0), theirs(0), theirs(1), theirs(1), own(1), own(1)]);
    for (const one of accepted) assert.ok(one?.roster !== null && one?.entries.length);
  });

  it('refuses a message whose organisation was verified by a proof that is missing or was changed', async () => {
    const place = lastBefore('proof', at('from bob'), 'partner.test');
    const gone = await verdict(without(place), 'from bob');
    assert.equal(gone.message, 'dnssec.not-archived');
    assert.equal(gone.others[0], 'organisation dnssec.not-archived');
    const changed = edited(entries, 'proof', (record, sequence) =>
      sequence === place ? { ...record, proof: flipped(record.proof) } : undefined,
    );
    assert.equal((await verdict(changed, 'from bob')).message, 'dnssec.not-archived');
    assert.equal((await verdict(changed, 'from alice')).message, undefined, 'others hold');
  });

  it('refuses a proof that does not verify, is of another domain, or has another anchor', async () => {
    const organisation = lastBefore('organisation', at('from bob'), 'partner.test');
    const proof = recordOf('organisation', entries[organisation]!.content).proof!;
    const resigned = (change: (before: Uint8Array) => Uint8Array): Written[] => {
      const other = change(recordOf('proof', entries[proofAt(proof)]!.content).proof);
      const log = edited(entries, 'organisation', (record, sequence) =>
        sequence === organisation ? { ...record, proof: sodiumSuite.sha256(other) } : undefined,
      );
      return log.toSpliced(
        organisation,
        0,
        entry('proof', { domain: 'partner.test', proof: other }, log[organisation]!.time),
      );
    };
    const forged = await verdict(
      resigned((before) => flipped(before)),
      'from bob',
    );
    assert.match(String(forged.message), /^dnssec[.](bad-signature|malformed)$/);
    const own = recordOf('proof', entries[lastBefore('proof', at('from bob'), 'acme.test')]!.content).proof;
    assert.equal(
      (
        await verdict(
          resigned(() => own),
          'from bob',
        )
      ).message,
      'dnssec.wrong-name',
    );
    const elsewhere = new DnsTree({ zones: ['other'] }).anchors;
    assert.equal((await verdict(entries, 'from bob', elsewhere)).message, 'dnssec.no-anchor');
  });

  it('refuses a message whose organisation is not recorded, or with another root', async () => {
    const gone = entries.filter(
      ({ kind, content }) =>
        kind !== 'organisation' || recordOf('organisation', content).domain !== 'partner.test',
    );
    assert.equal((await verdict(gone, 'from bob')).message, 'identity.not-archived');
    const other = edited(entries, 'organisation', (record) =>
      record.domain === 'partner.test' ? { ...record, rootId: roots.acme[0]! } : undefined,
    );
    assert.equal((await verdict(other, 'from bob')).message, 'identity.root-mismatch');
    const lower = edited(other, 'organisation', (record) =>
      record.domain === 'partner.test' ? { ...record, level: 'dns' as const, root: null } : undefined,
    );
    const { message, others } = await verdict(lower, 'from bob');
    assert.equal(message, 'identity.root-mismatch', 'the rosters and the agreement name the real one');
    assert.ok(others.every((one) => one === 'roster identity.root-mismatch'));
  });

  it('refuses a message whose device’s chain is missing, changed, comes after it, or is under another root', async () => {
    const place = lastBefore('certificate', at('from bob') + 1);
    assert.equal((await verdict(without(place), 'from bob')).message, 'certificate.not-yet-known');
    const chainWith = (index: number): Written[] =>
      edited(entries, 'certificate', ({ chain, rootId }, sequence) =>
        sequence === place
          ? { rootId, chain: chain.map((der, each) => (each === index ? flipped(der) : der)) }
          : undefined,
      );
    assert.equal((await verdict(chainWith(0), 'from bob')).message, 'certificate.not-yet-known');
    assert.deepEqual(await verdict(chainWith(1), 'from bob'), {
      message: 'certificate.bad-signature',
      others: ['certificate certificate.bad-signature'],
    });
    const late = without(place).toSpliced(at('from bob'), 0, entries[place]!);
    assert.equal((await verdict(late, 'from bob')).message, 'certificate.not-yet-known');
    const renewed = lastBefore('certificate', at('before the rotation'));
    assert.equal(
      (await verdict(without(renewed), 'before the rotation')).message,
      'identity.root-mismatch',
      'the old chain does not do under the new root',
    );
  });

  it('refuses a message while no roster of its organisation is known, or the newest is forged or goes back', async () => {
    const ofPartner = ({ kind, content }: Written): boolean =>
      kind === 'roster' && recordOf('roster', content).domain === 'partner.test';
    const none = entries.filter((one) => !ofPartner(one));
    assert.equal((await verdict(none, 'from bob')).message, 'roster.not-archived');
    const place = lastBefore('roster', at('from bob'), 'partner.test');
    const forged = edited(entries, 'roster', (record, sequence) =>
      sequence === place ? { ...record, statement: flipped(record.statement) } : undefined,
    );
    assert.deepEqual(await verdict(forged, 'from bob'), {
      message: 'roster.bad-signature',
      others: ['roster roster.bad-signature'],
    });
    const again = await verdict(inserted(at('from bob'), entries[place]!), 'from bob');
    assert.equal(again.message, 'roster.rollback');
  });

  it('holds the newest roster known then against a message, and none that came later', async () => {
    const [serial, time] = [serialOf(bob), Math.floor(entries[at('from bob')]!.time / 1000)];
    const cases = [
      [{}, 'device.revoked'],
      [{ reason: 'certificate-hold' }, 'member.suspended'],
      [{ reason: 'superseded', at: time - 60 }, 'certificate.superseded'],
      [{ reason: 'superseded', at: time + 60 }, undefined],
    ] as const;
    for (const [change, code] of cases) {
      const roster = await revoking('from bob', serial, change);
      assert.equal((await verdict(inserted(at('from bob'), roster), 'from bob')).message, code);
      assert.equal((await verdict(inserted(at('from bob') + 1, roster), 'from bob')).message, undefined);
    }
  });

  it('refuses a message without an agreement in force that we signed', async () => {
    const place = lastBefore('agreement', at('from bob'), 'partner.test');
    assert.equal((await verdict(without(place), 'from bob')).message, 'agreement.missing');
    const agreement = recordOf('agreement', entries[place]!.content);
    const { time } = entries[at('from bob')]!;
    const withdrawn = inserted(
      at('from bob'),
      entry('agreement', { ...agreement, state: 'withdrawn' }, time),
    );
    assert.equal((await verdict(withdrawn, 'from bob')).message, 'agreement.missing');
    const forged = edited(entries, 'agreement', (record) => ({
      ...record,
      statement: flipped(record.statement),
    }));
    assert.equal((await verdict(forged, 'from bob')).message, 'signature.invalid');
  });

  it('refuses our own messages where our own standing is missing or leaps, and under a root that was never ours', async () => {
    const created = lastBefore('authority', at('from alice'));
    assert.equal((await verdict(without(created), 'from alice')).message, 'identity.not-archived');
    const leaps = edited(entries, 'authority', (record) => ({ ...record, handovers: [] }));
    assert.deepEqual((await verdict(leaps, 'after ours')).message, 'identity.root-mismatch');
    assert.equal((await verdict(leaps, 'from alice')).message, undefined, 'what was before still holds');
    const rotated = lastBefore('authority', at('after ours'));
    assert.equal((await verdict(without(rotated), 'after ours')).message, 'identity.root-mismatch');
  });

  it('refuses a message that is not its device’s, was signed out of its time, or by a device revoked before', async () => {
    const { time } = entries[at('from alice')]!;
    const said = (envelope: Uint8Array, via: null = null): Written =>
      entry('message', { envelope, via }, time);
    const codeOf = async (envelope: Uint8Array): Promise<string | undefined> => {
      const place = at('from alice') + 1;
      const { faults } = await audit(inserted(place, said(envelope)), anchors);
      return faults.find(({ sequence }) => sequence === place)?.code;
    };
    const text = { kind: 'text', text: 'x' } as const;
    const day = 86_400_000;
    assert.equal(await codeOf(await alice.sign(text, { conversation, time })), undefined);
    assert.equal(await codeOf(flipped(await alice.sign(text, { conversation, time }))), 'signature.invalid');
    assert.equal(
      await codeOf(await alice.sign(text, { conversation, time, sender: 'eve@acme.test' })),
      'message.sender-mismatch',
    );
    assert.equal(
      await codeOf(await alice.sign(text, { conversation, time: time - 2 * day })),
      'certificate.not-yet-valid',
    );
    assert.equal(
      await codeOf(await alice.sign(text, { conversation, time: time + 2 * day })),
      'message.clock-skew',
    );
    const device = recordOf('device', entries[lastBefore('device', at('from alice'))]!.content);
    for (const [reason, code] of [
      ['key-compromise', 'device.revoked'],
      ['superseded', 'certificate.superseded'],
    ] as const) {
      const revoked = { ...device, revoked: { at: time, reason, text: '' } };
      const log = inserted(at('from alice'), entry('device', revoked, time));
      assert.equal((await verdict(log, 'from alice')).message, code);
    }
  });

  it('lets nothing rest on an entry whose stored content was changed, even where it still decodes', async () => {
    const place = lastBefore('organisation', at('from bob'), 'partner.test');
    const key = Buffer.from(contentKey(place)).toString('hex');
    const { faults, damaged } = await audit(entries, anchors, (disk) => {
      const stored = Buffer.from(disk.pairs.get(key)!);
      stored[stored.indexOf('since') + 'since'.length + 8]! ^= 1; // the last byte of the time
      disk.pairs.set(key, stored);
    });
    assert.deepEqual(damaged, [place]);
    const message = faults.find(({ sequence }) => sequence === at('from bob'));
    assert.equal(message?.code, 'identity.not-archived', 'what is damaged is as good as not there');
    const cut = await audit(entries, anchors, (disk) => void disk.pairs.delete(key));
    assert.deepEqual(cut.damaged, [place]);
    assert.equal(cut.messages, 7, 'the walk goes on behind an entry that cannot be read');
  });
});

function proofAt(hash: Uint8Array): number {
  return entries.findIndex(
    ({ kind, content }) =>
      kind === 'proof' && Buffer.compare(sodiumSuite.sha256(recordOf('proof', content).proof), hash) === 0,
  );
}

function messages(): number[] {
  return entries.flatMap(({ kind }, sequence) => (kind === 'message' ? [sequence] : []));
}
