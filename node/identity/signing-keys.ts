/**
 * The keys of our standing: found in the key store by the public key that a certificate names, so that store and log
 * need no common account of which is in force. Guarantees: a key that is no longer in force is removed, a new one is
 * stored before anything is certified for it.
 */
import { equals } from 'uint8arrays/equals';
import type { Signer } from '../../protocol/crypto/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { sodiumSigner } from '../crypto/index.ts';
import { keyNamesOf, type KeyStore } from '../keys/index.ts';
import type { Standing } from './standing.ts';

type Role = 'root' | 'issuer' | 'statement';

export class SigningKeys {
  readonly #store: KeyStore;
  readonly #standing: Standing;
  readonly #randomBytes: (length: number) => Uint8Array;
  #issuer: Signer;
  #statement: Signer;

  private constructor(
    store: KeyStore,
    standing: Standing,
    randomBytes: (length: number) => Uint8Array,
    signers: { readonly issuer: Signer; readonly statement: Signer },
  ) {
    this.#store = store;
    this.#standing = standing;
    this.#randomBytes = randomBytes;
    this.#issuer = signers.issuer;
    this.#statement = signers.statement;
  }

  /** Throws `key.missing` and what else the store throws. */
  static async open(
    store: KeyStore,
    standing: Standing,
    randomBytes: (length: number) => Uint8Array,
  ): Promise<SigningKeys> {
    return new SigningKeys(store, standing, randomBytes, await inForce(store, standing));
  }

  get issuer(): Signer {
    return this.#issuer;
  }

  get statement(): Signer {
    return this.#statement;
  }

  /** The names under which the store has the issuer's and the statement signer's keys. */
  async names(): Promise<string[]> {
    const { issuer, statement } = this.#standing;
    const found = [
      await nameOf(this.#store, 'issuer', issuer.publicKey),
      await nameOf(this.#store, 'statement', statement.publicKey),
    ];
    return found.filter((name) => name !== undefined);
  }

  /** The signer of a root; undefined where its key is kept elsewhere. */
  root(publicKey: Uint8Array): Promise<Signer | undefined> {
    return find(this.#store, 'root', publicKey);
  }

  /** Whether the store has the key of this role. */
  async has(role: Role, publicKey: Uint8Array): Promise<boolean> {
    return (await find(this.#store, role, publicKey)) !== undefined;
  }

  /** Throws `key.missing`. */
  signerOf(role: Role, publicKey: Uint8Array): Promise<Signer> {
    return need(this.#store, role, publicKey);
  }

  /** Makes a key and stores it; returns its public half. */
  async create(role: Role): Promise<Uint8Array> {
    const seed = this.#randomBytes(32);
    try {
      const { publicKey } = sodiumSigner(seed);
      const [name] = keyNamesOf(role, publicKey);
      await this.#store.import(name, seed);
      return publicKey;
    } finally {
      seed.fill(0);
    }
  }

  /** Takes up the keys of the standing as it is now, and removes those that are of no more use. */
  async follow(): Promise<void> {
    const signers = await inForce(this.#store, this.#standing);
    this.#issuer = signers.issuer;
    this.#statement = signers.statement;
    const { root, next } = this.#standing;
    const kept = [root, ...(next === null ? [] : [next])].map(({ publicKey }) => publicKey);
    await this.#removeBut('root', kept);
    await this.#removeBut('issuer', [this.#standing.issuer.publicKey]);
  }

  async #removeBut(role: Role, kept: readonly Uint8Array[]): Promise<void> {
    for (const { name, publicKey } of await this.#store.list()) {
      const ofRole = name === role || name.startsWith(`${role}-`);
      if (!ofRole) continue;
      const found = publicKey ?? (await this.#store.signer(name)).publicKey;
      if (!kept.some((key) => equals(key, found))) await this.#store.remove(name);
    }
  }
}

async function inForce(
  store: KeyStore,
  { issuer, statement }: Standing,
): Promise<{ issuer: Signer; statement: Signer }> {
  return {
    issuer: await need(store, 'issuer', issuer.publicKey),
    statement: await need(store, 'statement', statement.publicKey),
  };
}

async function need(store: KeyStore, role: Role, publicKey: Uint8Array): Promise<Signer> {
  const signer = await find(store, role, publicKey);
  if (signer === undefined) {
    throw new ChanceryError(
      'key.missing',
      `the ${role}’s key is not among the keys of this home; restore it from your copy`,
    );
  }
  return signer;
}

async function find(store: KeyStore, role: Role, publicKey: Uint8Array): Promise<Signer | undefined> {
  const name = await nameOf(store, role, publicKey);
  return name === undefined ? undefined : store.signer(name);
}

async function nameOf(store: KeyStore, role: Role, publicKey: Uint8Array): Promise<string | undefined> {
  for (const name of keyNamesOf(role, publicKey)) {
    if ((await store.has(name)) && equals((await store.signer(name)).publicKey, publicKey)) return name;
  }
  return undefined;
}
