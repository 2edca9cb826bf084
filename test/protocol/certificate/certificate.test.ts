import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { parseCertificate, rootIdOf, type Certificate } from '../../../protocol/certificate/index.ts';
import { element } from '../../../protocol/certificate/der.ts';
import { nobleSuite } from '../../../protocol/crypto/index.ts';
import { makeDevice, makeKey, makeNode, makeOrganisation, type Holder } from '../../support/organisation.ts';
import { AT } from '../../support/chain-drafts.ts';

const org = await makeOrganisation('acme.test', { at: AT });
const device = await makeDevice(org, 'alice@acme.test', { name: 'Alice' });

function codeOf(der: Uint8Array): string {
  const parsed = parseCertificate(der);
  return parsed.ok ? 'accepted' : parsed.refusal.code;
}

/** The certificate with the first (or each) occurrence of some bytes replaced by as many others, both in hex. */
function replaced(der: Uint8Array, from: string, to: string, each = false): Uint8Array {
  const hex = Buffer.from(der).toString('hex');
  assert.ok(hex.includes(from) && from.length === to.length);
  return new Uint8Array(Buffer.from(each ? hex.replaceAll(from, to) : hex.replace(from, to), 'hex'));
}

test('a root, an issuer and a leaf each read back as they were issued', () => {
  const root: Certificate = org.root.certificate;
  assert.deepEqual([root.subject.commonName, root.isCa, root.pathLen], ['acme.test', true, 1]);
  assert.deepEqual(root.keyUsage, ['keyCertSign', 'cRLSign']);
  assert.deepEqual(root.ski, root.aki);
  assert.equal(root.nameConstraints, null);
  const issuer: Certificate = org.issuer.certificate;
  assert.deepEqual([issuer.isCa, issuer.pathLen, issuer.aki], [true, 0, root.ski]);
  const only = ['acme.test'];
  assert.deepEqual({ ...issuer.nameConstraints }, { dns: only, email: only, uri: only });
  const leaf: Certificate = device.certificate;
  assert.deepEqual([leaf.isCa, leaf.pathLen, leaf.keyUsage], [false, null, ['digitalSignature']]);
  assert.deepEqual(leaf.sans.email, ['alice@acme.test']);
  assert.deepEqual(leaf.details, { name: 'Alice', roles: ['member'] });
  assert.deepEqual(leaf.publicKey, device.signer.publicKey);
});

test('Node reads the same names, serial and times, and verifies the signature', async () => {
  const node = await makeNode(org);
  const pairs: [Holder, Holder][] = [
    [org.root, org.root],
    [org.issuer, org.root],
    [device, org.issuer],
    [node, org.issuer],
  ];
  for (const [{ certificate }, parent] of pairs) {
    const theirs = new X509Certificate(certificate.der);
    assert.equal(theirs.serialNumber.toLowerCase(), certificate.serial);
    assert.equal(theirs.subject, `CN=${certificate.subject.commonName}`);
    assert.equal(theirs.validFromDate.getTime() / 1000, certificate.notBefore);
    assert.equal(theirs.validToDate.getTime() / 1000, certificate.notAfter);
    assert.equal(theirs.ca, certificate.isCa);
    assert.ok(theirs.checkIssued(new X509Certificate(parent.certificate.der)));
    assert.ok(theirs.verify(new X509Certificate(parent.certificate.der).publicKey));
  }
});

test('the root id is the hash of the key as Node exports it', () => {
  const spki = new X509Certificate(org.root.certificate.der).publicKey.export({
    type: 'spki',
    format: 'der',
  });
  const expected = createHash('sha256').update(spki).digest('base64url');
  assert.equal(rootIdOf(makeKey('root of acme.test').publicKey, nobleSuite.sha256), expected);
  assert.equal(org.rootId, expected);
});

test('bytes after the certificate are refused', () => {
  assert.equal(codeOf(Uint8Array.of(...device.certificate.der, 0)), 'certificate.malformed');
});

test('a certificate that is cut off anywhere is refused', () => {
  const { der } = device.certificate;
  for (let length = 0; length < der.length; length++) {
    assert.equal(codeOf(der.subarray(0, length)), 'certificate.malformed');
  }
});

test('more than 2 KiB are not even looked at', () => {
  assert.equal(codeOf(new Uint8Array(2_049)), 'certificate.too-large');
});

test('another algorithm than Ed25519 is refused, in each of its three places', () => {
  const { der } = device.certificate;
  assert.equal(codeOf(replaced(der, '06032b6570', '06032b6571')), 'certificate.bad-algorithm');
  assert.equal(codeOf(replaced(der, '06032b6570', '06032b6571', true)), 'certificate.bad-algorithm');
  const spki = '300506032b6570032100';
  assert.equal(codeOf(replaced(der, spki, '300506032b6571032100')), 'certificate.bad-algorithm');
});

test('another version than 3 is refused', () => {
  assert.equal(codeOf(replaced(device.certificate.der, 'a003020102', 'a003020101')), 'certificate.malformed');
});

test('a negative serial number is refused', async () => {
  const node = await makeNode(org, { node: 'plain' });
  const { der, serial } = node.certificate;
  const first = Number.parseInt(serial.slice(0, 2), 16);
  const from = first < 0x80 ? `0210${serial}` : `021100${serial}`;
  const to = first < 0x80 ? `0210${'ff'.padEnd(32, '1')}` : `0211ff${serial}`;
  assert.equal(codeOf(replaced(der, from, to)), 'certificate.malformed');
});

test('a known extension with the wrong criticality is refused', () => {
  const { der } = device.certificate;
  // the key usage’s TRUE as another BOOLEAN that BER would allow
  assert.equal(codeOf(replaced(der, '0603551d0f0101ff', '0603551d0f010101')), 'certificate.malformed');
  // the key usage under the identifier of an extension that must not be critical
  assert.equal(codeOf(replaced(der, '0603551d0f0101ff', '0603551d0e0101ff')), 'certificate.malformed');
});

test('a time that does not exist is refused', () => {
  const { der, notBefore } = device.certificate;
  const text = new Date(notBefore * 1000).toISOString().slice(2, 19).replaceAll(/[-T:]/g, '');
  const hex = (digits: string): string => Buffer.from(`${digits}Z`).toString('hex');
  const nowhere = `${text.slice(0, 2)}0230${text.slice(6)}`;
  assert.equal(codeOf(replaced(der, hex(text), hex(nowhere))), 'certificate.malformed');
});

test('an integer, identifier or text that is not in DER is refused', () => {
  const { der, serial } = org.root.certificate;
  const first = Number.parseInt(serial.slice(0, 2), 16);
  const rest = serial.slice(4);
  const padded =
    first < 0x80 ? [`0210${serial}`, `0210007f${rest}`] : [`021100${serial}`, `0211007f01${rest}`];
  assert.equal(codeOf(replaced(der, padded[0]!, padded[1]!)), 'certificate.malformed');
  assert.equal(codeOf(replaced(der, '0603551d0f', '060380550f')), 'certificate.malformed');
  const name = Buffer.from('acme.test').toString('hex');
  assert.equal(codeOf(replaced(der, name, name.replace(/^../, 'ff'))), 'certificate.malformed');
});

test('an element that reaches past the one around it is refused', () => {
  const { der, signature } = device.certificate;
  const start = `00${Buffer.from(signature).toString('hex')}`;
  assert.equal(codeOf(replaced(der, `0341${start}`, `0342${start}`)), 'certificate.malformed');
});

interface Tlv {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** The elements that the bytes consist of; undefined if they do not. */
function split(bytes: Uint8Array): Tlv[] | undefined {
  const elements: Tlv[] = [];
  for (let at = 0; at < bytes.length;) {
    const short = bytes[at + 1] ?? 0xff;
    const width = short < 0x80 ? 0 : short - 0x80;
    if (width > 2) return undefined;
    const length =
      width === 0
        ? short
        : Number.parseInt(Buffer.from(bytes.subarray(at + 2, at + 2 + width)).toString('hex'), 16);
    const begin = at + 2 + width;
    if (!(begin + length <= bytes.length)) return undefined;
    elements.push({ tag: bytes[at]!, content: bytes.subarray(begin, begin + length) });
    at = begin + length;
  }
  return elements;
}

/** Each variant of the bytes in which one element is changed, all lengths around it being mended. */
function* variants(
  bytes: Uint8Array,
  change: (tlv: Tlv, holds: boolean) => Uint8Array[],
): Generator<Uint8Array> {
  const elements = split(bytes) ?? [];
  for (const [i, tlv] of elements.entries()) {
    const holds = (tlv.tag & 0x20) !== 0 || (tlv.tag === 0x04 && split(tlv.content) !== undefined);
    const inner = holds ? [...variants(tlv.content, change)].map((content) => element(tlv.tag, content)) : [];
    for (const changed of [...change(tlv, holds), ...inner]) {
      yield Buffer.concat(
        elements.map((other, at) => (at === i ? changed : element(other.tag, other.content))),
      );
    }
  }
}

test('nothing may be added anywhere, nor a length be written longer than need be', async () => {
  const added = ({ tag, content }: Tlv, holds: boolean): Uint8Array[] =>
    holds ? [element(tag, content, Uint8Array.of(5, 0))] : [];
  const longer = ({ tag, content: { length }, content }: Tlv): Uint8Array[] => {
    const size =
      length < 0x80
        ? [0x81, length]
        : length < 0x100
          ? [0x82, 0, length]
          : [0x83, 0, length >> 8, length & 0xff];
    return [Uint8Array.of(tag, ...size, ...content)];
  };
  const node = await makeNode(org);
  const all = [org.root, org.issuer, org.statement, device, node].map(({ certificate }) => certificate.der);
  for (const der of all) {
    const spoiled = [...variants(der, added), ...variants(der, longer)];
    assert.ok(spoiled.length > 60);
    for (const variant of spoiled) {
      const code = codeOf(variant);
      assert.ok(
        ['certificate.malformed', 'certificate.bad-algorithm'].includes(code),
        Buffer.from(variant).toString('hex'),
      );
    }
  }
});
