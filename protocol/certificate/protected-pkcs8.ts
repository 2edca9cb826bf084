/**
 * Private keys under a passphrase: PKCS #8 encrypted with PBES2 (RFC 8018, section 6.2), as openssl reads and writes it.
 * Written here with PBKDF2-HMAC-SHA-256 of 600,000 rounds and AES-256-CBC, since what Node's own export writes has 2,048
 * rounds. In front of the block stands the public key, which is nobody's secret: text that readers of PEM pass over
 * (RFC 7468, section 2), so that a key can be told from another without its passphrase.
 */
import { equals } from 'uint8arrays/equals';
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import { nobleSigner } from '../crypto/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { element, integer, objectIdentifier, octetString, sequence, TAG } from './der.ts';
import { DerReader } from './der-reader.ts';
import { decodePem, encodePem } from './pem.ts';
import { decodeKeyInfo, decodePkcs8, encodeKeyInfo } from './pkcs8.ts';
import { malformed, Rejected } from './rejected.ts';

/** As much of `SubtleCrypto` as is used here: `globalThis.crypto.subtle` of Node or a browser. */
export interface PassphraseCrypto {
  importKey(
    format: 'raw',
    key: Uint8Array,
    algorithm: { name: string },
    extractable: boolean,
    usages: 'deriveKey'[],
  ): Promise<unknown>;
  deriveKey(
    derivation: { name: string; hash: string; salt: Uint8Array; iterations: number },
    from: unknown,
    algorithm: { name: string; length: number },
    extractable: boolean,
    usages: ('encrypt' | 'decrypt')[],
  ): Promise<unknown>;
  encrypt(cipher: { name: string; iv: Uint8Array }, key: unknown, data: Uint8Array): Promise<ArrayBuffer>;
  decrypt(cipher: { name: string; iv: Uint8Array }, key: unknown, data: Uint8Array): Promise<ArrayBuffer>;
}

/** What a key's text says without its passphrase. */
export interface WrittenKey {
  readonly isProtected: boolean;
  /** As the text states it; null for a protected key made elsewhere, which states none. */
  readonly publicKey: Uint8Array | null;
}

const LABEL = 'ENCRYPTED PRIVATE KEY';
const STATED = /^Ed25519 public key: ([A-Za-z0-9_-]{43})\n(?=-----BEGIN )/;

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
const NULL = element(TAG.NULL);

/** The pseudo-random functions of PBKDF2 (RFC 8018, appendix B.1.2). */
const HASHES: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'SHA-1',
  '1.2.840.113549.2.9': 'SHA-256',
  '1.2.840.113549.2.10': 'SHA-384',
  '1.2.840.113549.2.11': 'SHA-512',
};
const SHA_1 = '1.2.840.113549.2.7';
const SHA_256 = '1.2.840.113549.2.9';

/** Bits of the key of AES-CBC (RFC 8018, appendix B.2.5). */
const CIPHERS: Readonly<Record<string, number>> = {
  '2.16.840.1.101.3.4.1.2': 128,
  '2.16.840.1.101.3.4.1.22': 192,
  '2.16.840.1.101.3.4.1.42': 256,
};
const AES_256_CBC = '2.16.840.1.101.3.4.1.42';

/** Rounds of PBKDF2: what OWASP asks of SHA-256 since 2023, a fifth of a second. */
const ROUNDS = 600_000;

/** Rounds that are done for a key made elsewhere: some seconds. */
const MAX_ROUNDS = 10_000_000;

const SALT_BYTES = 16;
const IV_BYTES = 16;

interface Envelope {
  readonly hash: string;
  readonly salt: Uint8Array;
  readonly rounds: number;
  readonly bits: number;
  readonly iv: Uint8Array;
  readonly encrypted: Uint8Array;
}

/** The PEM text of a 32-byte Ed25519 seed under a passphrase. */
export async function protectPkcs8(
  seed: Uint8Array,
  passphrase: Uint8Array,
  crypto: PassphraseCrypto,
  randomBytes: (length: number) => Uint8Array,
): Promise<string> {
  const [salt, iv] = [randomBytes(SALT_BYTES), randomBytes(IV_BYTES)];
  const key = await derive(passphrase, { hash: 'SHA-256', salt, rounds: ROUNDS, bits: 256 }, crypto);
  const plain = encodeKeyInfo(seed);
  const encrypted = new Uint8Array(await crypto.encrypt({ name: 'AES-CBC', iv }, key, plain));
  plain.fill(0);
  const derivation = sequence(
    objectIdentifier(PBKDF2),
    sequence(
      octetString(salt),
      integer(Uint8Array.of(ROUNDS >> 16, (ROUNDS >> 8) & 0xff, ROUNDS & 0xff)),
      sequence(objectIdentifier(SHA_256), NULL),
    ),
  );
  const cipher = sequence(objectIdentifier(AES_256_CBC), octetString(iv));
  const algorithm = sequence(objectIdentifier(PBES2), sequence(derivation, cipher));
  const stated = toString(nobleSigner(seed).publicKey, 'base64url');
  return `Ed25519 public key: ${stated}\n${encodePem(LABEL, sequence(algorithm, octetString(encrypted)))}`;
}

/**
 * The 32-byte seed from a text that needs a passphrase. Refuses with `key.wrong-passphrase`, or with `key.malformed`
 * what is not an Ed25519 key in PBES2 with PBKDF2 and AES-CBC, or not the key that it states.
 */
export async function openPkcs8(
  text: string,
  passphrase: Uint8Array,
  crypto: PassphraseCrypto,
): Promise<Result<Uint8Array>> {
  const { stated, block } = split(text);
  const decoded = decodePem(LABEL, block);
  if (!decoded.ok) return unusable();
  let envelope: Envelope;
  try {
    envelope = readEnvelope(decoded.value);
  } catch (thrown) {
    if (!(thrown instanceof Rejected)) throw thrown;
    return unusable();
  }
  const key = await derive(passphrase, envelope, crypto);
  const { iv, encrypted } = envelope;
  let plain: Uint8Array;
  try {
    plain = new Uint8Array(await crypto.decrypt({ name: 'AES-CBC', iv }, key, encrypted));
  } catch {
    return wrong(); // the padding: with another passphrase it is right once in some 256 times
  }
  const seed = decodeKeyInfo(plain);
  const another = seed === undefined && isOneElement(plain);
  plain.fill(0);
  if (seed === undefined) return another ? unusable() : wrong();
  if (stated !== null && !equals(stated, nobleSigner(seed).publicKey)) {
    return refuse('key.malformed', 'the key is another one than its text states; restore it from your copy');
  }
  return accept(seed);
}

/** What a key's text says of itself. Refuses with `key.malformed` what is no PKCS #8. */
export function inspectPkcs8(text: string): Result<WrittenKey> {
  const { stated, block } = split(text);
  if (decodePem(LABEL, block).ok) return accept({ isProtected: true, publicKey: stated });
  const seed = decodePkcs8(text);
  if (!seed.ok) return seed;
  const { publicKey } = nobleSigner(seed.value);
  seed.value.fill(0);
  return accept({ isProtected: false, publicKey });
}

function split(text: string): { stated: Uint8Array | null; block: string } {
  const [line, key] = STATED.exec(text) ?? [];
  if (line === undefined || key === undefined) return { stated: null, block: text };
  return { stated: fromString(key, 'base64url'), block: text.slice(line.length) };
}

async function derive(
  passphrase: Uint8Array,
  { hash, salt, rounds, bits }: Pick<Envelope, 'hash' | 'salt' | 'rounds' | 'bits'>,
  crypto: PassphraseCrypto,
): Promise<unknown> {
  const from = await crypto.importKey('raw', passphrase, { name: 'PBKDF2' }, false, ['deriveKey']);
  return crypto.deriveKey(
    { name: 'PBKDF2', hash, salt, iterations: rounds },
    from,
    { name: 'AES-CBC', length: bits },
    false,
    ['encrypt', 'decrypt'],
  );
}

/** An EncryptedPrivateKeyInfo (RFC 5958, section 3). Throws `Rejected`. */
function readEnvelope(der: Uint8Array): Envelope {
  const outer = new DerReader(der);
  const info = outer.enter();
  outer.end();
  const algorithm = info.enter();
  if (algorithm.objectIdentifier() !== PBES2) throw foreign();
  const parameters = algorithm.enter();
  const derivation = readDerivation(parameters.enter());
  const cipher = parameters.enter();
  const bits = CIPHERS[cipher.objectIdentifier()];
  const iv = cipher.next(TAG.OCTET_STRING).content;
  const encrypted = info.next(TAG.OCTET_STRING).content;
  for (const reader of [cipher, parameters, algorithm, info]) reader.end();
  if (bits === undefined || iv.length !== IV_BYTES) throw foreign();
  return { ...derivation, bits, iv, encrypted };
}

function readDerivation(reader: DerReader): Pick<Envelope, 'hash' | 'salt' | 'rounds'> {
  if (reader.objectIdentifier() !== PBKDF2) throw foreign();
  const fields = reader.enter();
  const salt = fields.next(TAG.OCTET_STRING).content;
  const rounds = fields.integer().reduce((value, byte) => value * 256 + byte, 0);
  if (fields.has(TAG.INTEGER)) fields.integer(); // the length of the key, which the cipher says too
  let prf = SHA_1; // the default, where none is named
  if (!fields.done) {
    const named = fields.enter();
    prf = named.objectIdentifier();
    if (!named.done) named.next(TAG.NULL);
    named.end();
  }
  fields.end();
  reader.end();
  const hash = HASHES[prf];
  if (hash === undefined || rounds < 1 || rounds > MAX_ROUNDS) throw foreign();
  return { hash, salt, rounds };
}

/** Whether it is DER, as a key of another kind is, and not the noise that a wrong passphrase leaves. */
function isOneElement(plain: Uint8Array): boolean {
  const reader = new DerReader(plain);
  try {
    reader.next(TAG.SEQUENCE);
    return reader.done;
  } catch (thrown) {
    if (thrown instanceof Rejected) return false;
    throw thrown;
  }
}

function foreign(): Rejected {
  return malformed('the key is protected otherwise than by PBES2 with PBKDF2 and AES-CBC');
}

function wrong(): Result<never> {
  return refuse('key.wrong-passphrase', 'the passphrase does not open the key; give the right one');
}

function unusable(): Result<never> {
  return refuse(
    'key.malformed',
    'the key is not an Ed25519 private key in PKCS #8, nor one under PBES2 with PBKDF2 and AES-CBC; convert it with openssl pkcs8 -topk8 -v2 aes-256-cbc',
  );
}
