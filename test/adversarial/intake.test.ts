/**
 * Attacks by messages on `intake`, on a real ledger: devices of ours that speak for others, a partner that hands in what
 * it may not, signatures made for something else, and clocks that lie.
 */
import { Intake, floorPolicy, type Source } from '../../node/intake/index.ts';
import { Messages, Signers, type KnownSigner } from '../../node/ledger/index.ts';
import { sodiumSuite } from '../../node/crypto/index.ts';
import { encodeCbor } from '../../protocol/encoding/index.ts';
import { accept, valueOf, type Result } from '../../protocol/errors/index.ts';
import { signMessage, type Content, type MessageBody } from '../../protocol/message/index.ts';
import { signedBytes, type Context } from '../../protocol/signing/index.ts';
import type { Revocation } from '../../protocol/statement/index.ts';
import { attacksOn, type Attack, type Attacked } from '../support/attack-table.ts';
import { Besieged, HOME } from '../support/besieged.ts';
import { AT } from '../support/dnssec-chain.ts';
import {
  makeDevice,
  makeKey,
  makeNode,
  makeOrganisation,
  type Holder,
  type TestDevice,
} from '../support/organisation.ts';

const YEARISH_MS = 400 * 86_400_000;
const NOW = AT * 1_000;
const TEXT: Content = { kind: 'text', text: 'hello' };

const PARTNER = await makeOrganisation('acme.test', { at: AT });
const OURS = await makeOrganisation(HOME, { at: AT });
const IMPOSTOR = await makeOrganisation('acme.test', { at: AT, keys: 'of an impostor' });
const alice = await makeDevice(OURS, 'alice@home.test');
const bob = await makeDevice(PARTNER, 'bob@acme.test');
const falseBob = await makeDevice(IMPOSTOR, 'bob@acme.test', { device: 'false' });
const partnerNode = await makeNode(PARTNER);

let salt = 0;

/** A message's body as the device would write it. */
function bodyOf(
  device: TestDevice,
  address: string,
  content: Content,
  change: Partial<MessageBody>,
): MessageBody {
  salt += 1;
  return {
    conversation: null,
    sender: address,
    device: sodiumSuite.sha256(device.certificate.der),
    parents: [],
    time: NOW,
    salt: sodiumSuite.sha256(Uint8Array.of(salt)).slice(0, 16),
    content,
    ...change,
  };
}

/** The intake of `home.test`, with a conversation of alice of ours and bob of the partner's. */
class Inbox implements Attacked {
  readonly #besieged: Besieged;
  readonly #intake: Intake;
  readonly #signers: Signers;
  conversation: Uint8Array = new Uint8Array(32);
  revoked: readonly Revocation[] = [];

  private constructor(besieged: Besieged) {
    this.#besieged = besieged;
    const { ledger, members, partners } = besieged;
    this.#signers = new Signers(ledger, sodiumSuite);
    const options = { domain: HOME, ledger, messages: new Messages(ledger), signers: this.#signers };
    const files = { maxBytes: 1_000, types: ['image/*'] };
    const decide = floorPolicy({ domain: HOME, members, partners, messageBytes: 32_768, files });
    this.#intake = new Intake({
      ...options,
      decide,
      incoming: { claim: () => undefined },
      suite: sodiumSuite,
      clock: () => NOW,
    });
  }

  static async open(): Promise<Inbox> {
    const besieged = await Besieged.open();
    await besieged.agree();
    for (const address of ['alice@home.test', 'carol@home.test']) {
      await besieged.members.add(
        { address, name: address, roles: ['member'] },
        { at: NOW, actor: 'test', reason: '' },
      );
    }
    const inbox = new Inbox(besieged);
    const members = ['alice@home.test', 'bob@acme.test'];
    const envelope = await inbox.ofAlice(
      { kind: 'create', type: 'group', title: '', members },
      { conversation: null },
    );
    inbox.conversation = valueOf(await inbox.fromAlice(envelope));
    return inbox;
  }

  get records(): number {
    return this.#besieged.records;
  }

  close(): Promise<void> {
    return this.#besieged.close();
  }

  ofAlice(content: Content, change: Partial<MessageBody> = {}): Promise<Uint8Array> {
    const body = bodyOf(alice, 'alice@home.test', content, { conversation: this.conversation, ...change });
    return signMessage(body, alice.signer);
  }

  ofBob(content: Content, change: Partial<MessageBody> = {}, by = bob): Promise<Uint8Array> {
    const body = bodyOf(by, 'bob@acme.test', content, { conversation: this.conversation, ...change });
    return signMessage(body, by.signer);
  }

  /** Handed in on the session of alice's device. */
  fromAlice(envelope: Uint8Array): Promise<Result<Uint8Array>> {
    const session = valueOf(this.#signers.verify(alice.chain.map(({ der }) => der)));
    const { publicKey } = alice.signer;
    return this.#take(envelope, {
      direction: 'outbound',
      address: 'alice@home.test',
      publicKey,
      session,
      revokedFor: () => undefined,
    });
  }

  /** Handed in on the partner's stream, with the chain that goes with it. */
  fromPartner(envelope: Uint8Array, shown = bob): Promise<Result<Uint8Array>> {
    return this.#take(envelope, {
      direction: 'inbound',
      domain: 'acme.test',
      rootId: PARTNER.rootId,
      revocationOf: (serial) => this.revoked.find((one) => one.serial === serial),
      shown: (device): Result<KnownSigner> | undefined =>
        Buffer.compare(device, sodiumSuite.sha256(shown.certificate.der)) === 0
          ? this.#signers.verify(shown.chain.map(({ der }) => der))
          : undefined,
      checkpoint: '',
    });
  }

  async #take(envelope: Uint8Array, source: Source): Promise<Result<Uint8Array>> {
    const [outcome] = await this.#intake.take([{ envelope, position: 0 }], source);
    return outcome?.state === 'archived' ? accept(outcome.id) : { ok: false, refusal: outcome!.refusal };
  }
}

/** A message's body, signed by bob for another purpose than a message. */
async function signedAs(inbox: Inbox, context: Context): Promise<Uint8Array> {
  const body = bodyOf(bob, 'bob@acme.test', TEXT, { conversation: inbox.conversation });
  const payload = encodeCbor({ v: 1, ...body });
  return encodeCbor([payload, await bob.signer.sign(signedBytes(context, payload))]);
}

function revocationOf({ certificate }: Holder, reason: Revocation['reason'] = 'key-compromise'): Revocation {
  return { serial: certificate.serial, at: AT, reason };
}

/** A member list as bob starts a conversation with it. */
const started = (...members: string[]): Content => ({ kind: 'create', type: 'group', title: '', members });
const alone = { conversation: null };

const FROM_OURS: readonly Attack<Inbox>[] = [
  {
    attack: 'a member in the name of another member',
    code: 'message.sender-mismatch',
    attempt: async (w) => w.fromAlice(await w.ofAlice(TEXT, { sender: 'carol@home.test' })),
  },
  {
    attack: 'a member in the name of a partner’s member',
    code: 'message.sender-mismatch',
    attempt: async (w) => w.fromAlice(await w.ofAlice(TEXT, { sender: 'bob@acme.test' })),
  },
  {
    attack: 'a member under an address that looks like the own one',
    code: 'message.sender-mismatch',
    attempt: async (w) => w.fromAlice(await w.ofAlice(TEXT, { sender: '\u0430lice@home.test' })),
  },
  {
    attack: 'a member under the own address in upper case',
    code: 'message.sender-mismatch',
    attempt: async (w) => w.fromAlice(await w.ofAlice(TEXT, { sender: 'Alice@HOME.test' })),
  },
  {
    attack: 'a certificate that nobody has shown',
    code: 'certificate.not-yet-known',
    attempt: async (w) => w.fromAlice(await w.ofAlice(TEXT, { device: new Uint8Array(32).fill(7) })),
  },
  {
    attack: 'a message signed by another key',
    code: 'signature.invalid',
    attempt: async (w) => {
      const body = bodyOf(alice, 'alice@home.test', TEXT, { conversation: w.conversation });
      return w.fromAlice(await signMessage(body, makeKey('a thief').signer));
    },
  },
  {
    attack: 'a message of 400 days ahead',
    code: 'certificate.expired',
    attempt: async (w) => w.fromAlice(await w.ofAlice(TEXT, { time: NOW + YEARISH_MS })),
  },
  {
    attack: 'a message of 400 days ago',
    code: 'certificate.not-yet-valid',
    attempt: async (w) => w.fromAlice(await w.ofAlice(TEXT, { time: NOW - YEARISH_MS })),
  },
  {
    attack: 'a message of an hour ahead, within the certificate',
    code: 'message.clock-skew',
    attempt: async (w) => w.fromAlice(await w.ofAlice(TEXT, { time: NOW + 3_600_000 })),
  },
  {
    attack: 'a conversation with a domain that looks like the partner’s',
    code: 'agreement.missing',
    attempt: async (w) =>
      w.fromAlice(await w.ofAlice(started('alice@home.test', 'bob@xn--cme-7cd.test'), alone)),
  },
  {
    attack: 'a conversation with a domain in upper case',
    code: 'encoding.malformed',
    attempt: async (w) => w.fromAlice(await w.ofAlice(started('alice@home.test', 'bob@ACME.test'), alone)),
  },
  {
    attack: 'a conversation with a domain that ends in a dot',
    code: 'encoding.malformed',
    attempt: async (w) => w.fromAlice(await w.ofAlice(started('alice@home.test', 'bob@acme.test.'), alone)),
  },
];

const FROM_PARTNER: readonly Attack<Inbox>[] = [
  {
    attack: 'a partner in the name of our member',
    code: 'message.sender-mismatch',
    attempt: async (w) => w.fromPartner(await w.ofBob(TEXT, { sender: 'alice@home.test' })),
  },
  {
    attack: 'a partner that hands in the sound message of our own device as its own',
    code: 'message.sender-mismatch',
    attempt: async (w) => w.fromPartner(await w.ofAlice(TEXT), alice),
  },
  {
    attack: 'a partner in the name of another of its members than the device’s',
    code: 'message.sender-mismatch',
    attempt: async (w) => {
      const content = started('alice@home.test', 'ceo@acme.test');
      return w.fromPartner(await w.ofBob(content, { conversation: null, sender: 'ceo@acme.test' }));
    },
  },
  {
    attack: 'a device under another root of the partner’s domain',
    code: 'identity.root-mismatch',
    attempt: async (w) => w.fromPartner(await w.ofBob(TEXT, {}, falseBob), falseBob),
  },
  {
    attack: 'a device that the partner revoked',
    code: 'device.revoked',
    given: (w) => (w.revoked = [revocationOf(bob)]),
    attempt: async (w) => w.fromPartner(await w.ofBob(TEXT)),
  },
  {
    attack: 'a device that the partner suspended',
    code: 'member.suspended',
    given: (w) => (w.revoked = [revocationOf(bob, 'certificate-hold')]),
    attempt: async (w) => w.fromPartner(await w.ofBob(TEXT)),
  },
  {
    attack: 'a certificate that the partner superseded, for what is signed after that',
    code: 'certificate.superseded',
    given: (w) => (w.revoked = [revocationOf(bob, 'superseded')]),
    attempt: async (w) => w.fromPartner(await w.ofBob(TEXT, { time: NOW + 60_000 })),
  },
  {
    attack: 'a device of an issuer that the partner revoked',
    code: 'device.revoked',
    given: (w) => (w.revoked = [revocationOf(PARTNER.issuer)]),
    attempt: async (w) => w.fromPartner(await w.ofBob(TEXT)),
  },
  {
    attack: 'a node in the place of a device',
    code: 'certificate.wrong-kind',
    attempt: async (w) => w.fromPartner(await w.ofBob(TEXT, {}, partnerNode), partnerNode),
  },
  {
    attack: 'a message of 400 days ahead',
    code: 'certificate.expired',
    attempt: async (w) => w.fromPartner(await w.ofBob(TEXT, { time: NOW + YEARISH_MS })),
  },
  {
    attack: 'a message of 400 days ago',
    code: 'certificate.not-yet-valid',
    attempt: async (w) => w.fromPartner(await w.ofBob(TEXT, { time: NOW - YEARISH_MS })),
  },
  ...(['roster', 'agreement', 'receipt'] as const).map((context): Attack<Inbox> => ({
    attack: `a signature that was made for another purpose: ${context}`,
    code: 'signature.invalid',
    attempt: async (w) => w.fromPartner(await signedAs(w, context)),
  })),
  {
    attack: 'a message with a byte of its text changed',
    code: 'signature.invalid',
    attempt: async (w) => {
      const envelope = await w.ofBob(TEXT);
      const at = Buffer.from(envelope).indexOf('hello');
      return w.fromPartner(envelope.with(at, 0x6a));
    },
  },
  {
    attack: 'a member in a script that looks like ours, among those of a conversation',
    code: 'message.unknown-receiver',
    attempt: async (w) =>
      w.fromPartner(await w.ofBob(started('bob@acme.test', '\u0430lice@home.test'), alone)),
  },
  {
    attack: 'a member of the partner’s whose address turns the direction of the text',
    code: 'encoding.malformed',
    attempt: async (w) =>
      w.fromPartner(await w.ofBob(started('alice@home.test', 'bob@acme.test', 'ceo\u202e@acme.test'), alone)),
  },
  {
    attack: 'a member of the partner’s twice, the second time in upper case',
    code: 'encoding.malformed',
    attempt: async (w) =>
      w.fromPartner(await w.ofBob(started('Bob@acme.test', 'alice@home.test', 'bob@acme.test'), alone)),
  },
  {
    attack: 'a change of who is in our conversation',
    code: 'message.not-owner',
    attempt: async (w) => {
      const create = started('bob@acme.test', 'eve@acme.test');
      const origin = encodeCbor({ v: 1, ...bodyOf(bob, 'bob@acme.test', create, alone) });
      const members = ['bob@acme.test', 'eve@acme.test'];
      return w.fromPartner(await w.ofBob({ kind: 'membership', origin, revision: 1, title: '', members }));
    },
  },
  {
    attack: 'a change of membership that brings a beginning of its own along',
    code: 'message.malformed',
    attempt: async (w) => {
      const create = started('alice@home.test', 'bob@acme.test');
      const origin = encodeCbor({ v: 1, ...bodyOf(bob, 'bob@acme.test', create, alone) });
      const members = ['alice@home.test', 'bob@acme.test'];
      const change: Content = { kind: 'membership', origin, revision: 9, title: '', members };
      return w.fromPartner(await w.ofBob(change));
    },
  },
];

attacksOn('messages of our own devices', FROM_OURS, () => Inbox.open());
attacksOn('messages that a partner hands in', FROM_PARTNER, () => Inbox.open());
