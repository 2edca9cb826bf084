import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alternativeNamesExtension } from '../../../protocol/certificate/extensions.ts';
import { parseCertificate, verifyPath } from '../../../protocol/certificate/index.ts';
import { nobleSuite as suite } from '../../../protocol/crypto/index.ts';
import { chainOf, makeDevice, makeNode, makeOrganisation } from '../../support/organisation.ts';
import { AT, DAY, DOMAIN, makeChain, verifyDer } from '../../support/chain-drafts.ts';
import { SPOILED } from '../../support/spoiled-chains.ts';

const org = await makeOrganisation(DOMAIN, { at: AT });
const other = await makeOrganisation('other.test', { at: AT });
const question = { rootId: org.rootId, domain: DOMAIN, at: AT, suite };

test('a device’s path says whose device it is, what the member may do, and for how long', async () => {
  const device = await makeDevice(org, 'Alice@acme.test', {
    name: 'Älice Müller',
    roles: ['member', 'auditor'],
  });
  const path = verifyPath({ ...question, chain: device.chain });
  assert.ok(path.ok);
  const { subject, window, ...rest } = path.value;
  assert.ok(subject.kind === 'device');
  assert.equal(subject.address.text, 'alice@acme.test');
  assert.equal(subject.name, 'Älice Müller');
  assert.deepEqual(subject.roles, ['member', 'auditor']);
  assert.deepEqual(window, { from: AT - 7 * DAY, until: AT + 7 * DAY });
  assert.deepEqual(rest, {
    domain: DOMAIN,
    rootId: org.rootId,
    serial: device.certificate.serial,
    publicKey: device.signer.publicKey,
    certificates: device.chain,
  });
});

test('a node’s path says its peer id and roles', async () => {
  const node = await makeNode(org, { roles: ['gateway'] });
  const path = verifyPath({ ...question, chain: node.chain });
  assert.ok(path.ok);
  assert.deepEqual(path.value.subject, { kind: 'node', peerId: node.peerId, roles: ['gateway'] });
});

test('a statement signer’s path says so, whichever domain was expected', () => {
  const chain = chainOf(org, org.statement.certificate);
  for (const domain of [DOMAIN, null]) {
    const path = verifyPath({ ...question, domain, chain });
    assert.ok(path.ok);
    assert.deepEqual(path.value.subject, { kind: 'statement' });
    assert.equal(path.value.domain, DOMAIN);
  }
});

test('both ends of a validity belong to it', async () => {
  const chain = await makeChain();
  assert.ok(verifyDer(chain, AT - 7 * DAY).ok);
  assert.ok(verifyDer(chain, AT + 7 * DAY).ok);
});

test('the chain that the others are spoiled from is sound', async () => {
  assert.ok(verifyDer(await makeChain()).ok);
});

for (const { what, code, spoil, at } of SPOILED) {
  test(`refused: ${what}`, async () => {
    const path = verifyDer(await makeChain(spoil), at);
    assert.ok(!path.ok);
    assert.equal(path.refusal.code, code, path.refusal.message);
  });
}

test('a chain to another root than the domain’s is refused', async () => {
  const device = await makeDevice(org, 'alice@acme.test');
  const path = verifyPath({ ...question, rootId: other.rootId, chain: device.chain });
  assert.equal(!path.ok && path.refusal.code, 'identity.root-mismatch');
});

test('a chain of another domain is refused even if its root is the one expected', async () => {
  const device = await makeDevice(other, 'alice@other.test');
  const path = verifyPath({ ...question, rootId: other.rootId, chain: device.chain });
  assert.equal(!path.ok && path.refusal.code, 'certificate.wrong-domain');
});

test('certificates in another order or number are refused', async () => {
  const { chain } = await makeDevice(org, 'alice@acme.test');
  const [leaf, issuer, root] = [chain[0]!, chain[1]!, chain[2]!];
  for (const wrong of [[], [leaf], [leaf, root], [issuer, leaf, root], [leaf, issuer, root, root]]) {
    const path = verifyPath({ ...question, chain: wrong });
    assert.equal(!path.ok && path.refusal.code, 'certificate.broken-chain');
  }
});

test('a time that is no number verifies nothing', async () => {
  const { chain } = await makeDevice(org, 'alice@acme.test');
  assert.ok(!verifyPath({ ...question, at: Number.NaN, chain }).ok);
});

test('an issuer of another root with the same names does not help a leaf', async () => {
  const twin = await makeChain();
  const device = await makeDevice(org, 'alice@acme.test');
  const issuer = parseCertificate(twin[1]!);
  assert.ok(issuer.ok);
  const path = verifyPath({ ...question, chain: [device.certificate, issuer.value, org.root.certificate] });
  assert.equal(!path.ok && path.refusal.code, 'certificate.broken-chain');
});

test('a device of two members at once is refused', async () => {
  const email = [`alice@${DOMAIN}`, `bob@${DOMAIN}`];
  const uri = [`chancery://${DOMAIN}/device/alice/phone`];
  const path = verifyDer(
    await makeChain(({ leaf }) => (leaf.extensions.names = alternativeNamesExtension({ email, uri }))),
  );
  assert.equal(!path.ok && path.refusal.code, 'certificate.wrong-name');
});
