/**
 * Where private keys live, seen from the rest of the node: asked for a signer, never for the key. Files are one
 * implementation (`file-key-store.ts`); a hardware module or a key service is another, behind the same interface.
 */
import type { Signer } from '../../protocol/crypto/index.ts';

/** A key as it may be told of. */
export interface StoredKey {
  readonly name: string;
  /** Whether it takes a passphrase to use it. */
  readonly isProtected: boolean;
  /** Raw Ed25519, 32 bytes; null where only the passphrase could tell. */
  readonly publicKey: Uint8Array | null;
  /** Milliseconds since 1970: when the key was made or brought here. */
  readonly since: number;
}

/**
 * Names are of the form `a-z`, then up to 63 of `a-z 0-9 -`, such as `issuer` or `issuer-1f0a77c2`.
 * Whatever needs the key throws `key.missing`, `key.permissions`, `key.malformed` or a code of the passphrase.
 */
export interface KeyStore {
  has(name: string): Promise<boolean>;
  /** Makes a key under a name that is not taken, and returns its public key. Throws `home.exists`. */
  create(name: string): Promise<Uint8Array>;
  signer(name: string): Promise<Signer>;
  /** The 32-byte seed: for libp2p, which takes no signer, and of keys that seal. The caller zeroes it after use. */
  seed(name: string): Promise<Uint8Array>;
  /** Takes up a key made elsewhere, by its 32-byte seed. Throws `home.exists`. */
  import(name: string, seed: Uint8Array): Promise<void>;
  /** Removes a key for good. Throws `key.missing`. */
  remove(name: string): Promise<void>;
  /** Every key there is, by name. */
  list(): Promise<readonly StoredKey[]>;
}
