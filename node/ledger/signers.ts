/**
 * The devices whose signatures the archive holds: their certificate chains, each stored once, before the first
 * message that needs it. Verified paths are cached, since every message of a device asks for the same one.
 */
import type { SigningDevice } from '../../protocol/message/index.ts';
import { parseCertificate, readSubject } from '../../protocol/certificate/index.ts';
import { ChanceryError, accept, refuse, valueOf, type Result } from '../../protocol/errors/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { verifyChain, type VerifiedIdentity } from '../../protocol/identity/index.ts';
import { byteName } from '../archive/index.ts';
import { fact, put, type Fact } from './fact.ts';
import type { Ledger } from './ledger.ts';
import { certificateOps, type SeenDevice } from './news.ts';
import { recordOf } from './records.ts';
import type { View } from './view.ts';

/** Verified devices kept in memory: every active device of a large organisation and its partners. */
const MAX_CACHED = 8_192;

/** A device with its verified path, as it was issued: whether it still holds is for the caller's clock to say. */
export interface KnownSigner extends SigningDevice {
  readonly domain: string;
  readonly rootId: string;
  /** Serials of the device's certificate and of those above it: revoking any revokes it. */
  readonly serials: readonly string[];
  readonly name: string;
  readonly roles: readonly string[];
  /** Seconds: when the whole path holds. */
  readonly window: { readonly from: number; readonly until: number };
  readonly chain: readonly Uint8Array[];
}

export const certificateView: View<'certificate'> = ({ said, bytes, sequence, time }, views) => {
  const [leaf = new Uint8Array()] = said.chain;
  return [
    put(views.keys.signer(views.sha256(leaf)), bytes),
    ...certificateOps(views, seenDevice(said.chain), sequence, time),
  ];
};

/** The device of a chain that was verified when it was archived. Throws where it does not parse. */
function seenDevice(chain: readonly Uint8Array[]): SeenDevice {
  const parsed = chain.map((certificate) => valueOf(parseCertificate(certificate)));
  const [leaf, , root] = parsed;
  const domain = root?.subject.commonName ?? '';
  const subject = leaf === undefined ? undefined : valueOf(readSubject(leaf, domain));
  if (leaf === undefined || subject?.kind !== 'device')
    throw new ChanceryError('archive.damaged', 'a chain in the archive is not that of a device');
  const { address, name, roles } = subject;
  const from = Math.max(...parsed.map(({ notBefore }) => notBefore));
  return { address: address.text, domain, name, roles, publicKey: leaf.publicKey, window: { from } };
}

export class Signers {
  readonly #ledger: Ledger;
  readonly #suite: CryptoSuite;
  readonly #cache = new Map<string, KnownSigner>();
  readonly #peers = new WeakMap<VerifiedIdentity, Result<KnownSigner>>();

  constructor(ledger: Ledger, suite: CryptoSuite) {
    this.#ledger = ledger;
    this.#suite = suite;
  }

  /** The device with this certificate hash, if the archive has its chain. */
  find(device: Uint8Array): KnownSigner | undefined {
    const name = byteName(device);
    const cached = this.#cache.get(name);
    if (cached !== undefined) return cached;
    const content = this.#ledger.get(this.#ledger.keys.signer(device));
    const record = content === undefined ? undefined : recordOf('certificate', content);
    if (record === undefined) return undefined;
    const signer = this.verify(record.chain);
    return signer.ok ? this.#keep(name, signer.value) : undefined;
  }

  /** Verifies a chain of device, issuer and root at the middle of the device's own validity. Refuses with `certificate.*`. */
  verify(chain: readonly Uint8Array[]): Result<KnownSigner> {
    const [leaf] = chain;
    const path = verifyChain(chain, null, this.#suite);
    if (!path.ok) return path;
    const { subject } = path.value;
    if (leaf === undefined || subject.kind !== 'device') {
      return refuse(
        'certificate.wrong-kind',
        'messages are signed by devices, not by nodes or organisations',
      );
    }
    return accept({
      hash: this.#suite.sha256(leaf),
      publicKey: path.value.publicKey,
      address: subject.address.text,
      domain: path.value.domain,
      rootId: path.value.rootId,
      serials: path.value.certificates.map(({ serial }) => serial),
      name: subject.name,
      roles: subject.roles,
      window: path.value.window,
      chain,
    });
  }

  /** The signer that a connected device is, under the chain by which it stands now: verified once for both. */
  ofPeer(identity: VerifiedIdentity, chain: readonly Uint8Array[]): Result<KnownSigner> {
    const known = this.#peers.get(identity);
    const [, issuer = chain[0], root = chain[0]] = chain;
    if (known?.ok === true && known.value.chain[1] === issuer && known.value.chain[2] === root) return known;
    const verified = this.verify(chain);
    this.#peers.set(identity, verified);
    return verified;
  }

  /** The record of a signer not yet in the archive; known from now on. */
  factOf(signer: KnownSigner): Fact {
    this.#keep(byteName(signer.hash), signer);
    return fact('certificate', { chain: [...signer.chain], rootId: signer.rootId });
  }

  /** Whether the archive has the chain, up to the same root, or is about to. */
  has({ hash, rootId }: KnownSigner): boolean {
    return this.#ledger.view('certificate', this.#ledger.keys.signer(hash))?.rootId === rootId;
  }

  #keep(name: string, signer: KnownSigner): KnownSigner {
    if (this.#cache.size >= MAX_CACHED) this.#cache.clear();
    this.#cache.set(name, signer);
    return signer;
  }
}
