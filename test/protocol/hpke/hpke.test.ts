/** Keys are sealed as RFC 9180 says: its test vectors (appendix A.1 and A.2), and both implementations of X25519 alike. */
import assert from 'node:assert/strict';
import { createDecipheriv, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { nobleSigner } from '../../../protocol/crypto/index.ts';
import { receivingKeys, sendingKeys } from '../../../protocol/hpke/hpke.ts';
import { nobleX25519, secretOfEd25519 } from '../../../protocol/hpke/index.ts';
import { sodiumX25519 } from '../../../node/crypto/index.ts';

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
const INFO = bytes('4f6465206f6e2061204772656369616e2055726e');

const VECTORS = [
  {
    name: 'A.1, AES-128-GCM',
    aead: { id: 1, keyBytes: 16 },
    ephemeral: '52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736',
    receiver: '3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d',
    secret: '4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8',
    enc: '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431',
    key: '4531685d41d65f03dc48f6b8302c05b0',
    nonce: '56d890e5accaaf011cff4b7d',
  },
  {
    name: 'A.2, ChaCha20Poly1305',
    aead: { id: 3, keyBytes: 32 },
    ephemeral: 'f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600',
    receiver: '4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a',
    secret: '8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb',
    enc: '1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a',
    key: 'ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91',
    nonce: '5c4d98150661b848853b547f',
  },
];

for (const [what, x25519] of [
  ['noble', nobleX25519],
  ['libsodium', sodiumX25519],
] as const) {
  for (const { name, aead, ephemeral, receiver, secret, enc, key, nonce } of VECTORS) {
    test(`the keys of RFC 9180 ${name}, with ${what}`, () => {
      const sent = sendingKeys(x25519, bytes(receiver), bytes(ephemeral), INFO, aead);
      assert.deepEqual([hex(sent.enc), hex(sent.key), hex(sent.nonce)], [enc, key, nonce]);
      const received = receivingKeys(x25519, bytes(secret), bytes(enc), INFO, aead);
      assert.deepEqual([hex(received.key), hex(received.nonce)], [key, nonce]);
    });
  }

  test(`a public key of small order is refused, with ${what}`, () => {
    assert.throws(() => sendingKeys(x25519, new Uint8Array(32), randomBytes(32), INFO));
  });
}

test('what RFC 9180 A.1 sealed opens with the keys', () => {
  const [vector] = VECTORS;
  const { key, nonce } = receivingKeys(
    nobleX25519,
    bytes(vector!.secret),
    bytes(vector!.enc),
    INFO,
    vector!.aead,
  );
  const sealed = bytes(
    'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
  );
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAAD(bytes('436f756e742d30'));
  decipher.setAuthTag(sealed.subarray(-16));
  const opened = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  assert.equal(opened.toString(), 'Beauty is truth, truth beauty');
});

test('an Ed25519 key is sealed for, and its seed opens', () => {
  const seed = new Uint8Array(randomBytes(32));
  const { publicKey } = nobleSigner(seed);
  const receiver = sodiumX25519.ofEd25519(publicKey);
  assert.deepEqual(receiver, nobleX25519.ofEd25519(publicKey));
  const sent = sendingKeys(sodiumX25519, receiver, randomBytes(32), INFO);
  const received = receivingKeys(nobleX25519, secretOfEd25519(seed), sent.enc, INFO);
  assert.deepEqual([received.key, received.nonce], [sent.key, sent.nonce]);
});
