/**
 * The device's own check of what its organisation's node hands it: certificate chain, validity, root, sender and
 * signature. The node says which root an organisation has and how it was verified; everything else is checked here.
 */
import { toString } from 'uint8arrays/to-string';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { verifyChain } from '../../protocol/identity/index.ts';
import {
  decodeMessage,
  verifyMessage,
  type SigningDevice,
  type DecodedMessage,
} from '../../protocol/message/index.ts';
import type { FeedItem, MessageSigner } from '../../protocol/wire/index.ts';
import type { Written } from '../written.ts';
import type { Sender } from './event.ts';

/** Verified devices kept in memory. */
const MAX_CACHED = 1_024;

/** Seconds a device's clock may be behind its certificate's beginning, as nodes allow. */
const CLOCK_TOLERANCE_SECONDS = 600;

export interface VerifierOptions {
  readonly suite: CryptoSuite;
  /** Our own organisation, and whether a root is or was its: pinned, and followed by handovers. */
  readonly domain: string;
  readonly isOwnRoot: (rootId: string) => boolean;
  readonly written: Written;
}

export interface CheckedMessage {
  readonly message: DecodedMessage;
  readonly sender: Sender;
  /** The key that signed, 32 bytes. */
  readonly publicKey: Uint8Array;
}

type RedactedItem = Extract<FeedItem, { type: 'redacted' }>;

interface KnownDevice extends SigningDevice {
  readonly name: string;
  readonly roles: readonly string[];
  readonly domain: string;
  readonly rootId: string;
  readonly window: { readonly from: number; readonly until: number };
}

export class Verifier {
  readonly #options: VerifierOptions;
  readonly #devices = new Map<string, KnownDevice>();

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  /**
   * Checks an envelope against the signers that came with it.
   * @param archived when our organisation archived it, in milliseconds
   */
  check(
    envelope: Uint8Array,
    signers: ReadonlyMap<string, MessageSigner>,
    archived: number,
  ): Result<CheckedMessage> {
    const { suite } = this.#options;
    const message = decodeMessage(envelope, suite);
    if (!message.ok) return message;
    const signer = signers.get(toString(message.value.device, 'hex'));
    if (signer === undefined) {
      return refuse('certificate.not-yet-known', 'the certificate of the signing device did not come along');
    }
    const device = this.#device(signer);
    if (!device.ok) return device;
    const { window, publicKey } = device.value;
    const signedAt = Math.floor(message.value.time / 1000);
    if (signedAt > window.until) return refuse('certificate.expired', 'signed after the certificate ran out');
    if (signedAt < window.from - CLOCK_TOLERANCE_SECONDS) {
      return refuse('certificate.not-yet-valid', 'signed before the certificate began');
    }
    if (!this.#options.written.take(toString(message.value.id, 'hex'))) {
      const verified = verifyMessage(message.value, device.value, archived, suite);
      if (!verified.ok) return verified;
    }
    return accept({ message: message.value, sender: this.#sender(device.value, signer), publicKey });
  }

  /**
   * Checks what is left of a message: who its device belongs to. That it says what is shown is our organisation's word, since
   * what was signed had more in it.
   */
  checkRedacted(item: RedactedItem, signers: ReadonlyMap<string, MessageSigner>): Result<CheckedMessage> {
    const signer = signers.get(toString(item.device, 'hex'));
    if (signer === undefined)
      return refuse('certificate.not-yet-known', 'the certificate of the signing device did not come along');
    const device = this.#device(signer);
    if (!device.ok) return device;
    if (device.value.address !== item.sender)
      return refuse('message.sender-mismatch', 'the sender is not the holder of the signing device');
    const nothing = new Uint8Array();
    const { message: id, conversation, device: hash, sender, parents, sent: time, content } = item;
    const said = { conversation, sender, device: hash, parents, time, salt: nothing, content };
    const wire = { payload: nothing, signed: nothing, signature: nothing, envelope: nothing };
    return accept({
      message: { ...said, ...wire, id, conversationId: conversation },
      sender: this.#sender(device.value, signer),
      publicKey: device.value.publicKey,
    });
  }

  #device(signer: MessageSigner): Result<KnownDevice> {
    const { suite, domain, isOwnRoot } = this.#options;
    const name = `${toString(signer.device, 'hex')} ${signer.rootId}`; // a new root certifies the same device anew
    const known = this.#devices.get(name);
    const device = known === undefined ? readDevice(signer, suite) : accept(known);
    if (!device.ok) return device;
    const own = device.value.domain === domain;
    if (device.value.rootId !== signer.rootId || (own && !isOwnRoot(device.value.rootId))) {
      return refuse(
        'identity.root-mismatch',
        `the device of ${device.value.address} is certified under another root than its organisation's`,
      );
    }
    if (own !== (signer.person.level === 'own')) {
      return refuse(
        'identity.downgrade',
        `${device.value.address} came with the level of another organisation`,
      );
    }
    if (this.#devices.size >= MAX_CACHED) this.#devices.clear();
    this.#devices.set(name, device.value);
    return device;
  }

  #sender(device: KnownDevice, { person }: MessageSigner): Sender {
    const { address, name, roles, domain } = device;
    const external = domain !== this.#options.domain;
    return { address, name, roles: [...roles], domain, level: person.level, since: person.since, external };
  }
}

function readDevice(signer: MessageSigner, suite: CryptoSuite): Result<KnownDevice> {
  const [leaf] = signer.chain;
  const path = verifyChain(signer.chain, null, suite);
  if (!path.ok) return path;
  const { subject, publicKey, domain, rootId, window } = path.value;
  if (leaf === undefined || subject.kind !== 'device') {
    return refuse('certificate.wrong-kind', 'messages are signed by devices, not by nodes or organisations');
  }
  const { name, roles } = subject;
  const hash = suite.sha256(leaf);
  return accept({ hash, publicKey, address: subject.address.text, name, roles, domain, rootId, window });
}
