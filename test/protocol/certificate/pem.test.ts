import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodePem, decodePkcs8, encodePem, encodePkcs8 } from '../../../protocol/certificate/index.ts';
import { nobleSigner } from '../../../protocol/crypto/index.ts';

const seed = new Uint8Array(32).map((_byte, i) => i);

test('whatever is written as PEM reads back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), (der) => {
      const text = encodePem('CERTIFICATE', der);
      assert.ok(text.split('\n').every((line) => line.length <= 64));
      assert.deepEqual(decodePem('CERTIFICATE', text), { ok: true, value: der });
      assert.deepEqual(decodePem('CERTIFICATE', `\r\n${text.replaceAll('\n', '\r\n')}`), {
        ok: true,
        value: der,
      });
    }),
  );
});

test('another label, a second block, text around it and bad base64 are refused', () => {
  const text = encodePem('CERTIFICATE', seed);
  const bad = [
    ...[
      '',
      'text',
      text + text,
      `Subject: x\n${text}`,
      text.replace('END', 'FIN'),
      text.replace('AAEC', 'A*EC'),
    ],
    ...[
      text.replace('=\n', '\n'),
      text.replace('AAEC', 'AA\n\nEC'),
      text.replace('Hh8=', 'Hh9='),
      'x'.repeat(70_000),
    ],
  ];
  for (const spoiled of bad) assert.ok(!decodePem('CERTIFICATE', spoiled).ok, spoiled.slice(0, 200));
  assert.ok(!decodePem('PRIVATE KEY', text).ok);
});

test('Node reads our private keys and finds the same public key', () => {
  const theirs = createPublicKey(createPrivateKey(encodePkcs8(seed))).export({ format: 'der', type: 'spki' });
  assert.deepEqual(new Uint8Array(theirs.subarray(-32)), nobleSigner(seed).publicKey);
});

test('we read the private keys that Node makes, and write them as it does', () => {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const decoded = decodePkcs8(pem);
  assert.ok(decoded.ok);
  assert.equal(encodePkcs8(decoded.value), pem);
});

test('keys of other kinds, encrypted ones and damaged ones are refused', () => {
  const other = generateKeyPairSync('x25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const encrypted = createPrivateKey(encodePkcs8(seed))
    .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'secret' })
    .toString();
  const short = encodePem('PRIVATE KEY', seed);
  for (const pem of [other, encrypted, short, '']) {
    const decoded = decodePkcs8(pem);
    assert.equal(!decoded.ok && decoded.refusal.code, 'key.malformed');
  }
});
