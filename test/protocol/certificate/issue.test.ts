import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  issueDevice,
  issueIssuer,
  issueNode,
  issueRoot,
  issueStatementSigner,
  parseCertificate,
  peerIdOf,
} from '../../../protocol/certificate/index.ts';
import { ChanceryError, type Code } from '../../../protocol/errors/index.ts';
import { parseAddress, type Address } from '../../../protocol/names/index.ts';
import { makeKey, makeOrganisation, makeSerial } from '../../support/organisation.ts';
import { AT, DAY } from '../../support/chain-drafts.ts';

const domain = 'acme.test';
const org = await makeOrganisation(domain, { at: AT });
const key = makeKey('issued');
const window = { notBefore: AT, notAfter: AT + DAY };
const request = { publicKey: key.publicKey, serial: makeSerial('issued'), ...window };
const byIssuer = { ...request, issuer: org.issuer.certificate, signer: org.issuer.signer };
const byRoot = { ...request, issuer: org.root.certificate, signer: org.root.signer };

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed.ok);
  return parsed.value;
}

const device = {
  ...byIssuer,
  address: address('alice@acme.test'),
  deviceId: 'phone',
  name: 'Alice',
  roles: [],
};
const node = { ...byIssuer, domain, peerId: peerIdOf(key.publicKey), roles: ['gateway'] as const };

async function throws(code: Code, issued: Promise<Uint8Array>): Promise<void> {
  await assert.rejects(issued, (error) => error instanceof ChanceryError && error.code === code);
}

test('a key that signs elsewhere, asynchronously, can issue', async () => {
  const signer = {
    publicKey: org.issuer.signer.publicKey,
    sign: async (message: Uint8Array) => Promise.resolve(org.issuer.signer.sign(message)),
  };
  assert.deepEqual(await issueDevice({ ...device, signer }), await issueDevice(device));
});

test('a member whose address is not ASCII gets no certificate, rather than an unreadable one', async () => {
  await throws('name.bad-address', issueDevice({ ...device, address: address('jürgen@acme.test') }));
});

test('nothing is issued for another domain than the issuer’s', async () => {
  await throws('certificate.wrong-domain', issueDevice({ ...device, address: address('alice@other.test') }));
  await throws('certificate.wrong-domain', issueNode({ ...node, domain: 'other.test' }));
  await throws('certificate.wrong-domain', issueStatementSigner({ ...byIssuer, domain: 'other.test' }));
  await throws('certificate.wrong-domain', issueIssuer({ ...byRoot, domain: 'other.test' }));
});

test('nothing is issued for a domain that is not in its canonical form', async () => {
  await throws('name.bad-domain', issueRoot({ ...request, domain: 'Acme.test', signer: key.signer }));
});

test('nothing is issued with a key that is not the issuer’s', async () => {
  await throws('identity.key-mismatch', issueDevice({ ...device, signer: key.signer }));
  await throws('identity.key-mismatch', issueRoot({ ...request, domain, signer: org.root.signer }));
});

test('nothing is issued to outlive its issuer', async () => {
  const { notAfter, notBefore } = org.issuer.certificate;
  await throws(
    'certificate.bad-validity',
    issueDevice({ ...device, notBefore: notAfter - DAY, notAfter: notAfter + 1 }),
  );
  await throws(
    'certificate.bad-validity',
    issueDevice({ ...device, notBefore: notBefore - 1, notAfter: notBefore + DAY }),
  );
});

test('nothing is issued for longer than its kind may live, or for no time', async () => {
  await throws('certificate.bad-validity', issueDevice({ ...device, notAfter: AT + 14 * DAY + 1 }));
  await throws('certificate.bad-validity', issueIssuer({ ...byRoot, domain, notAfter: AT + 90 * DAY + 1 }));
  await throws('certificate.bad-validity', issueDevice({ ...device, notAfter: AT }));
  await throws('certificate.bad-validity', issueDevice({ ...device, notAfter: Number.NaN }));
  assert.ok(await issueDevice({ ...device, notAfter: AT + 14 * DAY }));
});

test('a node is certified only under the peer id of its own key', async () => {
  await throws(
    'certificate.wrong-name',
    issueNode({ ...node, peerId: peerIdOf(makeKey('other').publicKey) }),
  );
});

test('a node needs a role', async () => {
  await throws('certificate.wrong-kind', issueNode({ ...node, roles: [] }));
});

test('names and ids that would not be accepted are not issued', async () => {
  await throws('certificate.wrong-kind', issueDevice({ ...device, deviceId: 'a/b' }));
  await throws('certificate.malformed', issueDevice({ ...device, name: '' }));
  await throws('certificate.malformed', issueDevice({ ...device, name: 'x'.repeat(129) }));
  await throws('certificate.malformed', issueDevice({ ...device, roles: ['member', 'member'] }));
});

test('a key or serial of the wrong size is not certified', async () => {
  await throws('request.invalid', issueDevice({ ...device, publicKey: new Uint8Array(31) }));
  await throws('request.invalid', issueDevice({ ...device, serial: new Uint8Array(15) }));
  await throws('certificate.malformed', issueDevice({ ...device, serial: new Uint8Array(16) }));
});

test('a signer that returns something else than a signature is told', async () => {
  const signer = { publicKey: org.issuer.signer.publicKey, sign: () => new Uint8Array(63) };
  await throws('internal', issueDevice({ ...device, signer }));
});

test('the largest device certificate still fits', async () => {
  const long = `${['a', 'b', 'c'].map((letter) => letter.repeat(63)).join('.')}.${'d'.repeat(56)}`;
  const big = await makeOrganisation(long, { at: AT });
  const der = await issueDevice({
    ...request,
    issuer: big.issuer.certificate,
    signer: big.issuer.signer,
    address: address(`${'a'.repeat(64)}@${long}`),
    deviceId: peerIdOf(key.publicKey),
    name: '名'.repeat(128),
    roles: ['member', 'operator', 'compliance-officer', 'auditor', 'bot'],
  });
  assert.ok(parseCertificate(der).ok);
});
