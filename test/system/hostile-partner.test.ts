import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sodiumSigner } from '../../node/crypto/index.ts';
import { encodeCbor } from '../../protocol/encoding/index.ts';
import type { Content } from '../../protocol/message/index.ts';
import { signAgreement } from '../../protocol/statement/index.ts';
import { KEYS, makeChain } from '../support/chain-drafts.ts';
import {
  HostilePartner,
  forgeDevice,
  forgeNodeBundle,
  signAs,
  type ForgedDevice,
} from '../support/hostile-partner.ts';
import { SPOILED } from '../support/spoiled-chains.ts';
import { TestDevice, makeKey, startStranger, targetOf } from '../support/test-device.ts';
import { startPartners } from '../support/partners.ts';
import type { TestDns, TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

const TEXT: Content = { kind: 'text', text: 'hello' };

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestDevice;
let conversation: Uint8Array;
let hostile: HostilePartner;
let bob: ForgedDevice;
const rejections: unknown[] = [];
const note = (reason: unknown): void => void rejections.push(reason);

/** A window of validity from a minute ago until in an hour, in seconds. */
function soon(): { notBefore: number; notAfter: number } {
  const now = Math.floor(Date.now() / 1000);
  return { notBefore: now - 60, notAfter: now + 3_600 };
}

before(async () => {
  process.on('unhandledRejection', note);
  ({ dns, acme, partner } = await startPartners());
  const enrolled = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  conversation = await alice.create('bob@partner.test');
  await enrolled.stop();
  bob = await forgeDevice(partner, 'bob@partner.test', soon());
  hostile = await HostilePartner.greeted(acme, partner);
});

after(async () => {
  await hostile.stop();
  await alice.stop();
  await acme.stop();
  await partner.stop();
  await dns.server.stop();
  process.off('unhandledRejection', note);
});

/** The code of the message, and that the same stream goes on to take a good one. */
async function refusedWith(envelope: Uint8Array, ...chains: (readonly Uint8Array[])[]): Promise<string> {
  const code = await hostile.codeOf(envelope, chains);
  assert.equal(await hostile.codeOf(await signAs(bob, TEXT, { conversation }), [bob.chain]), 'archived');
  return code;
}

test('each kind of broken chain is refused with its own code, and the stream goes on', async () => {
  for (const { what, code, spoil } of SPOILED) {
    if (spoil === undefined) continue; // what only time spoils: see below
    const chain = await makeChain(spoil);
    const device = { address: 'alice@acme.test', chain, signer: KEYS.leaf.signer };
    const found = await refusedWith(await signAs(device, TEXT, { conversation }), chain);
    // sound chains under another root are of an organisation that the partner is not
    assert.equal(found, code === 'identity.root-mismatch' ? 'message.sender-mismatch' : code, what);
  }
});

test('a message under an expired certificate is refused', async () => {
  const now = Math.floor(Date.now() / 1000);
  const window = { notBefore: now - 200, notAfter: now - 100 };
  const expired = await forgeDevice(partner, 'bob@partner.test', window);
  const code = await refusedWith(await signAs(expired, TEXT, { conversation }), expired.chain);
  assert.equal(code, 'certificate.expired');
});

test('a message older than its device’s certificate is refused', async () => {
  const time = Date.now() - 3_600_000;
  const code = await refusedWith(await signAs(bob, TEXT, { conversation, time }), bob.chain);
  assert.equal(code, 'certificate.not-yet-valid');
});

test('a device certified by another organisation’s issuer is refused, and one that is not the sender’s', async () => {
  const chain = [bob.chain[0]!, acme.made.certificates.issuer, acme.made.certificates.root];
  const twin = await forgeDevice(partner, 'bob@partner.test', soon());
  const mixed = [twin.chain[0]!, ...chain.slice(1)];
  const borrowed = await signAs(twin, TEXT, { conversation });
  assert.equal(await refusedWith(borrowed, mixed), 'certificate.broken-chain');
  const ours = await forgeDevice(acme, 'alice@acme.test', soon());
  const stolen = await signAs(ours, TEXT, { conversation });
  assert.equal(await refusedWith(stolen, ours.chain), 'message.sender-mismatch');
  const inHerName = await signAs(bob, TEXT, { conversation, sender: 'alice@acme.test' });
  assert.equal(await refusedWith(inHerName, bob.chain), 'message.sender-mismatch');
});

test('a message whose signer was never shown, or that somebody else signed, is refused', async () => {
  const unshown = await forgeDevice(partner, 'bob@partner.test', soon());
  const unknown = await signAs(unshown, TEXT, { conversation });
  assert.equal(await refusedWith(unknown), 'certificate.not-yet-known');
  const foreign = await signAs({ ...bob, signer: unshown.signer }, TEXT, { conversation });
  assert.equal(await refusedWith(foreign, bob.chain), 'signature.invalid');
});

test('a message dated in the future, or with a parent twice, is refused', async () => {
  const late = await signAs(bob, TEXT, { conversation, time: Date.now() + 1_800_000 });
  assert.equal(await refusedWith(late, bob.chain), 'message.clock-skew');
  const parent = new Uint8Array(32).fill(7);
  const doubled = await signAs(bob, TEXT, { conversation, parents: [parent, parent] });
  assert.equal(await refusedWith(doubled, bob.chain), 'message.bad-parents');
});

test('a partner’s person does not get into a conversation, or change its membership', async () => {
  const carol = await forgeDevice(partner, 'carol@partner.test', soon());
  const outside = await signAs(carol, TEXT, { conversation });
  assert.equal(await refusedWith(outside, carol.chain), 'message.not-a-member');
  const change: Content = {
    kind: 'membership',
    origin: acme.node.organisation.messages.conversation(conversation)!.origin,
    revision: 1,
    title: '',
    members: ['alice@acme.test', 'bob@partner.test', 'carol@partner.test'],
  };
  const taken = await signAs(bob, change, { conversation });
  assert.equal(await refusedWith(taken, bob.chain), 'message.not-owner');
});

test('a conversation with a third organisation that has no agreement here is refused', async () => {
  const members = ['alice@acme.test', 'bob@partner.test', 'eve@stranger.test'];
  const create = await signAs(bob, { kind: 'create', type: 'group', title: '', members }, {});
  assert.equal(await refusedWith(create, bob.chain), 'agreement.missing');
});

test('what does not decode, or is of an unknown version, is answered for like the rest', async () => {
  assert.equal(await refusedWith(new Uint8Array([1, 2, 3]), bob.chain), 'encoding.malformed');
  const newer = encodeCbor([encodeCbor({ v: 2 }), new Uint8Array(64)]);
  assert.equal(await refusedWith(newer, bob.chain), 'encoding.unknown-version');
});

test('a message handed over again, in one bundle or later, keeps its one position', async () => {
  const envelope = await signAs(bob, { kind: 'text', text: 'once' }, { conversation });
  const together = await hostile.receipt([envelope, envelope], [bob.chain]);
  const later = await hostile.receipt([envelope], []);
  const positions = [...together.archived, ...later.archived].map(([, position]) => position);
  assert.equal(positions.length, 3);
  assert.equal(new Set(positions).size, 1);
  const { items } = await alice.request({ type: 'history', conversation, before: null, limit: 100 }, 'feed');
  const copies = items.filter(
    (item) => item.type === 'message' && Buffer.from(item.envelope).includes('once'),
  );
  assert.equal(copies.length, 1);
});

test('one refused message of a bundle does not take the others with it', async () => {
  const good = await signAs(bob, TEXT, { conversation });
  const bad = await signAs(bob, TEXT, { conversation: new Uint8Array(32).fill(9) });
  const last = await signAs(bob, TEXT, { conversation });
  const { archived, refused } = await hostile.receipt([good, bad, last], [bob.chain]);
  assert.equal(archived.length, 2);
  assert.deepEqual(
    refused.map(([, code]) => code),
    ['message.unknown-conversation'],
  );
});

test('a position beyond the partner’s checkpoint, or a checkpoint of someone else, is refused', async () => {
  const envelope = await signAs(bob, TEXT, { conversation });
  const beyond = await hostile.bundle([envelope], [bob.chain], { position: 2 ** 40 });
  assert.equal(beyond.type === 'refused' && beyond.code, 'checkpoint.malformed');
  const checkpoint = await acme.node.organisation.checkpoint();
  const foreign = await hostile.bundle([envelope], [bob.chain], { checkpoint });
  assert.ok(foreign.type === 'refused' && foreign.code.startsWith('checkpoint.'), JSON.stringify(foreign));
  assert.equal(await hostile.codeOf(envelope, [bob.chain]), 'archived');
});

test('frames that are no frames of the federation are refused with their code', async () => {
  for (const [frame, code] of [
    [{ type: 'bundle', surprise: true }, 'encoding.malformed'],
    [{ type: 'hello', v: 2, agreement: new Uint8Array() }, 'encoding.unknown-version'],
    [{ type: 'hello', v: 1, agreement: new Uint8Array() }, 'encoding.malformed'],
    [{ type: 'roster', roster: new Uint8Array(9) }, 'encoding.malformed'],
  ] as const) {
    const rude = await HostilePartner.greeted(acme, partner);
    const answer = await rude.ask(frame).finally(() => rude.stop());
    assert.equal(answer.type === 'refused' && answer.code, code, JSON.stringify(frame));
  }
});

test('a greeting with an agreement that is forged, ended, or about another root is refused', async () => {
  const { statementSigner } = partner.node.organisation;
  const terms = {
    from: 'partner.test',
    with: 'acme.test',
    root: acme.made.rootId,
    since: 0,
    until: null,
    terms: { messageBytes: 65_536, directory: 'none' as const },
  };
  const issuer = sodiumSigner(partner.made.seeds.issuer);
  for (const [agreement, code] of [
    [await signAgreement({ ...terms, root: partner.made.rootId }, statementSigner), 'agreement.mismatch'],
    [await signAgreement({ ...terms, until: 1 }, statementSigner), 'agreement.mismatch'],
    [await signAgreement({ ...terms, with: 'other.test' }, statementSigner), 'agreement.mismatch'],
    [await signAgreement(terms, issuer), 'signature.invalid'],
  ] as const) {
    const rude = await HostilePartner.connect(acme, partner);
    const answer = await rude.ask({ type: 'hello', v: 1, agreement }).finally(() => rude.stop());
    assert.equal(answer.type === 'refused' && answer.code, code);
  }
});

test('a certified node that is on no roster is refused, whichever organisation it is of', async () => {
  for (const [of, protocol] of [
    [partner, 'federation'],
    [acme, 'relay'],
  ] as const) {
    const key = makeKey();
    const bundle = await forgeNodeBundle(of, key.seed);
    const host = await startStranger(key, acme.settings.anchors, () => Promise.resolve(bundle));
    const opening = host.open(protocol, targetOf(acme)).finally(() => host.stop());
    await assert.rejects(opening, { code: 'peer.unauthorized' });
  }
});

test('after all that messages still pass, and nothing escaped a handler', async () => {
  await hostile.stop();
  const again = await TestDevice.enrol(partner, 'bob@partner.test');
  const said = await alice.say(conversation, 'still here');
  assert.equal(said.state, 'archived');
  await until('bob to read it', async () => {
    const { items } = await again.request({ type: 'read', cursor: 0, limit: 100, wait: false }, 'feed');
    return items.some((item) => item.type === 'message' && Buffer.from(item.envelope).includes('still here'));
  });
  await again.stop();
  assert.deepEqual((await acme.operations['archive.verify']({})).faults, []);
  assert.deepEqual(rejections, []);
});
