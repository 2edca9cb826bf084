/** Keys under a passphrase: what we write openssl reads, what openssl writes we read, and nothing else passes for a key. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes, webcrypto } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { encodePkcs8, inspectPkcs8, openPkcs8, protectPkcs8 } from '../../../protocol/certificate/index.ts';
import { nobleSigner } from '../../../protocol/crypto/index.ts';
import { requireCommands } from '../../support/requirements.ts';

const { subtle } = webcrypto;
const seed = new Uint8Array(32).map((_byte, at) => at * 7);
const { publicKey } = nobleSigner(seed);
const passphrase = utf8('korrekt Pferd Batterie');

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function protect(): Promise<string> {
  return protectPkcs8(seed, passphrase, subtle, (length) => new Uint8Array(randomBytes(length)));
}

async function codeOf(text: string, given = passphrase): Promise<string> {
  const opened = await openPkcs8(text, given, subtle);
  return opened.ok ? 'opened' : opened.refusal.code;
}

function openssl(t: TestContext, input: string, ...args: string[]): string {
  const { stdout, stderr, status } = spawnSync('openssl', args, { input, encoding: 'utf8' });
  if (status !== 0) t.diagnostic(stderr);
  assert.equal(status, 0);
  return stdout;
}

test('a protected key opens with its passphrase alone, and says which key it is without', async () => {
  const text = await protect();
  assert.deepEqual(await openPkcs8(text, passphrase, subtle), { ok: true, value: seed });
  assert.deepEqual(inspectPkcs8(text), { ok: true, value: { isProtected: true, publicKey } });
  for (const other of ['', 'korrekt Pferd Batteri', 'korrekt Pferd Batterie ', 'x'.repeat(1_000)]) {
    assert.equal(await codeOf(text, utf8(other)), 'key.wrong-passphrase');
  }
  assert.notEqual(await protect(), text, 'salt and initialisation vector are new each time');
});

test('an unprotected key says which one it is', () => {
  assert.deepEqual(inspectPkcs8(encodePkcs8(seed)), { ok: true, value: { isProtected: false, publicKey } });
});

test('openssl reads what we write, with 600,000 rounds of SHA-256 and AES-256', async (t) => {
  if (!requireCommands(t, ['openssl'], 'openssl')) return;
  const text = await protect();
  const read = openssl(t, text, 'pkey', '-passin', 'pass:korrekt Pferd Batterie');
  assert.equal(read, encodePkcs8(seed));
  const parsed = openssl(t, text, 'asn1parse');
  for (const part of [':PBES2', ':PBKDF2', ':0927C0', ':hmacWithSHA256', ':aes-256-cbc']) {
    assert.ok(parsed.includes(part), `${part} in ${parsed}`);
  }
});

for (const [how, args] of [
  ['as by default', []],
  ['with AES-128 and SHA-512', ['-v2', 'aes-128-cbc', '-v2prf', 'hmacWithSHA512']],
  ['with AES-192 and SHA-1', ['-v2', 'aes-192-cbc', '-v2prf', 'hmacWithSHA1', '-iter', '10000']],
] as const) {
  test(`we read what openssl writes ${how}`, async (t) => {
    if (!requireCommands(t, ['openssl'], 'openssl')) return;
    const text = openssl(t, encodePkcs8(seed), 'pkcs8', '-topk8', ...args, '-passout', 'pass:abc');
    assert.deepEqual(await openPkcs8(text, utf8('abc'), subtle), { ok: true, value: seed });
    assert.deepEqual(inspectPkcs8(text), { ok: true, value: { isProtected: true, publicKey: null } });
    assert.equal(await codeOf(text), 'key.wrong-passphrase');
  });
}

test('keys of another kind, of another protection, damaged or stated wrongly are refused', async (t) => {
  if (!requireCommands(t, ['openssl'], 'openssl')) return;
  const pass = ['-passout', 'pass:korrekt Pferd Batterie'];
  const text = await protect();
  const other = Buffer.from(nobleSigner(new Uint8Array(32)).publicKey).toString('base64url');
  const malformed = [
    '',
    encodePkcs8(seed),
    openssl(t, encodePkcs8(seed), 'pkcs8', '-topk8', '-scrypt', ...pass),
    openssl(t, encodePkcs8(seed), 'pkcs8', '-topk8', '-v2', 'des3', ...pass),
    text.replace(/: .{43}/, `: ${other}`),
    text.replace('public', 'private'),
    `a line\n${text}`,
    text + text,
  ];
  for (const kind of [['x25519'], ['rsa', '-pkeyopt', 'rsa_keygen_bits:1024']]) {
    const key = openssl(t, '', 'genpkey', '-algorithm', ...kind);
    malformed.push(openssl(t, key, 'pkcs8', '-topk8', ...pass));
  }
  for (const spoiled of malformed) assert.equal(await codeOf(spoiled), 'key.malformed', spoiled);
});

test('whatever byte of a protected key is changed, no other key comes of it, and nothing is thrown', async (t) => {
  if (!requireCommands(t, ['openssl'], 'openssl')) return;
  const text = openssl(t, encodePkcs8(seed), 'pkcs8', '-topk8', '-iter', '1', '-passout', 'pass:abc');
  const der = Buffer.from(text.replaceAll(/-----.*-----|\n/g, ''), 'base64');
  for (let at = 0; at < der.length; at++) {
    const spoiled = Uint8Array.from(der);
    spoiled[at]! ^= 0x01;
    const pem = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${Buffer.from(spoiled)
      .toString('base64')
      .replaceAll(/.{1,64}/g, '$&\n')}-----END ENCRYPTED PRIVATE KEY-----\n`;
    const opened = await openPkcs8(pem, utf8('abc'), subtle);
    // CBC lets bits of the last blocks' key bytes be turned unnoticed only where nobody states the key; ours state it
    if (opened.ok) assert.ok(at >= der.length - 64);
    else assert.match(opened.refusal.code, /^key\./);
  }
});
