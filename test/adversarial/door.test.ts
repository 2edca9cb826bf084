/**
 * Attacks at the door of a running node: enrolment with codes that are not one's own, and the gate over real libp2p. What
 * is refused there may be logged for an operator, but never gets into the archive.
 */
import { after } from 'node:test';
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import { concat } from 'uint8arrays/concat';
import { sodiumSigner } from '../../node/crypto/index.ts';
import { peerIdOf } from '../../protocol/certificate/index.ts';
import { ChanceryError, accept, refuse, valueOf, type Result } from '../../protocol/errors/index.ts';
import { decodeBundle, encodeBundle } from '../../protocol/identity/index.ts';
import {
  MAX_FRAME_BYTES,
  MAX_STRANGER_FRAME_BYTES,
  enrolAnswerShape,
  parseInvitation,
  readFrame,
  refusalOf,
  writeFrame,
  type ProtocolName,
} from '../../protocol/wire/index.ts';
import { attacksOn, type Attack, type Attacked } from '../support/attack-table.ts';
import { channelPair } from '../support/channel-pair.ts';
import { forgeNodeBundle } from '../support/hostile-partner.ts';
import { TestDevice, enrol, makeKey, startStranger, targetOf, type Key } from '../support/test-device.ts';
import { federate, startDns, startTestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

const dns = await startDns('acme.test', 'partner.test', 'stranger.test');
const acme = await startTestNode(dns, 'acme.test');
const partner = await startTestNode(dns, 'partner.test');
const stranger = await startTestNode(dns, 'stranger.test');
await federate(acme, partner);
await until('the federation', async () => (await acme.operations['partner.list']({})).partners[0]?.connected);
const alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
const bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
await acme.operations['member.add']({ address: 'carol@acme.test', name: 'Carol', roles: ['member'] });

after(async () => {
  await alice.stop();
  await bob.stop();
  for (const node of [acme, partner, stranger]) await node.stop();
  await dns.server.stop();
});

/** The node goes on from one attack to the next. */
class Door implements Attacked {
  get records(): number {
    // what partners cosign meanwhile is no record of an attack
    const { log } = acme.node.organisation;
    const kinds = Array.from({ length: log.size }, (_, sequence) => log.entry(sequence)?.kind);
    return kinds.filter((kind) => kind !== 'cosignature').length;
  }

  /** The code that the last invitation shows. */
  code = '';

  async invite(address: string): Promise<void> {
    const { invitation } = await acme.operations['member.invite']({ address });
    this.code = valueOf(parseInvitation(invitation)).code;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

interface Asked {
  readonly code: string;
  readonly address?: string | null;
  readonly peer?: string;
  readonly more?: object;
}

/** Asks to be enrolled over a stream whose Noise key makes this peer id. */
async function ask({ code, address = 'carol@acme.test', peer, more = {} }: Asked): Promise<Result<unknown>> {
  const [here, there] = channelPair();
  const serving = acme.node.organisation.enrolment.serve(there, peer ?? peerIdOf(makeKey().signer.publicKey));
  await writeFrame(here, { type: 'enrol', v: 1, code, address, label: 'x', addresses: [], ...more });
  const answer = await readFrame(here, enrolAnswerShape, MAX_FRAME_BYTES, 'answer');
  await serving;
  return answer.ok && answer.value.type === 'refused' ? refusalOf(answer.value) : answer;
}

const ENROLMENT: readonly Attack<Door>[] = [
  {
    attack: 'a guessed code',
    code: 'enrolment.bad-code',
    attempt: () => ask({ code: 'AAAA-BBBB-CCCC-DDDD' }),
  },
  {
    attack: 'no code at all',
    code: 'enrolment.bad-code',
    attempt: () => ask({ code: '' }),
  },
  {
    attack: 'a code that was used',
    code: 'enrolment.bad-code',
    given: async (w) => {
      await w.invite('carol@acme.test');
      await enrol(acme, makeKey(), w.code, 'carol@acme.test');
    },
    attempt: (w) => ask({ code: w.code }),
  },
  {
    attack: 'a code of another member',
    code: 'enrolment.bad-code',
    given: (w) => w.invite('alice@acme.test'),
    attempt: (w) => ask({ code: w.code, address: 'carol@acme.test' }),
  },
  {
    attack: 'a member’s code, to become a node of the organisation',
    code: 'enrolment.bad-code',
    given: (w) => w.invite('alice@acme.test'),
    attempt: (w) => ask({ code: w.code, address: null }),
  },
  {
    attack: 'a code of a member who has left since',
    code: 'member.removed',
    given: async (w) => {
      await acme.operations['member.add']({ address: 'dave@acme.test', name: 'Dave', roles: ['member'] });
      await w.invite('dave@acme.test');
      await acme.operations['member.remove']({ address: 'dave@acme.test', reason: 'left' });
    },
    attempt: (w) => ask({ code: w.code, address: 'dave@acme.test' }),
  },
  {
    attack: 'a key under which anyone can sign',
    code: 'identity.key-mismatch',
    given: (w) => w.invite('carol@acme.test'),
    attempt: (w) => ask({ code: w.code, peer: peerIdOf(new Uint8Array(32).with(0, 1)) }),
  },
  {
    attack: 'a key of another kind than Ed25519',
    code: 'identity.key-mismatch',
    given: (w) => w.invite('carol@acme.test'),
    attempt: (w) => ask({ code: w.code, peer: secp256k1PeerId() }),
  },
  {
    attack: 'the key of a device that was revoked as stolen, with a new code',
    code: 'device.revoked',
    given: async (w) => {
      await w.invite('carol@acme.test');
      await enrol(acme, stolen, w.code, 'carol@acme.test');
      const { serial } = acme.node.organisation.members.deviceOfPeer(peerIdOf(stolen.signer.publicKey))!;
      await acme.operations['device.revoke']({ serial, reason: 'stolen' });
      await w.invite('carol@acme.test');
    },
    attempt: (w) => ask({ code: w.code, peer: peerIdOf(stolen.signer.publicKey) }),
  },
  {
    attack: 'a field that asks for roles',
    code: 'encoding.malformed',
    given: (w) => w.invite('carol@acme.test'),
    attempt: (w) => ask({ code: w.code, more: { roles: ['operator'] } }),
  },
  {
    attack: 'codes tried without end',
    code: 'limit.exceeded',
    given: async () => {
      for (let tried = 0; tried < 31; tried += 1) await ask({ code: `AAAA-BBBB-${tried}` });
    },
    attempt: () => ask({ code: 'AAAA-BBBB-CCCC-DDDD' }),
  },
];

const stolen = makeKey();

function secp256k1PeerId(): string {
  const key = concat([fromString('00250802122102', 'hex'), new Uint8Array(32).fill(1)]);
  return toString(key, 'base58btc');
}

const nodeBundle = (of: typeof acme): Uint8Array =>
  of.node.organisation.authority.nodeBundle(of.settings.certificates.node);

/** Comes to the node with this key and bundle, and opens a protocol. */
async function knock(
  key: Key,
  bundle: Uint8Array | null,
  protocol: ProtocolName = 'federation',
): Promise<Result<unknown>> {
  const host = await startStranger(key, acme.settings.anchors, () => Promise.resolve(bundle));
  try {
    const { channel } = await host.open(protocol, targetOf(acme));
    await writeFrame(channel, { type: 'hello', v: 1, agreement: new Uint8Array() });
    const answer = await channel.read();
    return answer === null ? refuse('peer.unauthorized', 'the stream was closed') : accept(answer);
  } catch (error) {
    if (error instanceof ChanceryError) return { ok: false, refusal: error };
    return refuse('peer.unauthorized', `the stream was cut off: ${String(error)}`);
  } finally {
    await host.stop();
  }
}

function nodeKey({ made }: typeof acme): Key {
  const seed = made.seeds.node;
  return { seed, signer: sodiumSigner(seed) };
}

const GATE: readonly Attack<Door>[] = [
  {
    attack: 'a stranger that shows nothing and asks to federate',
    code: 'peer.unauthorized',
    attempt: () => knock(makeKey(), null),
  },
  {
    attack: 'a stranger that shows nothing and asks for a member’s messages',
    code: 'peer.unauthorized',
    attempt: () => knock(makeKey(), null, 'device'),
  },
  {
    attack: 'the bundle of the partner’s node over another Noise key: a swapped peer id',
    code: 'identity.key-mismatch',
    attempt: () => knock(makeKey(), nodeBundle(partner)),
  },
  {
    attack: 'the bundle of the node itself, shown back to it',
    code: 'identity.key-mismatch',
    attempt: () => knock(makeKey(), nodeBundle(acme)),
  },
  {
    attack: 'a member’s bundle over another Noise key',
    code: 'identity.key-mismatch',
    attempt: () => knock(makeKey(), alice.bundle, 'device'),
  },
  {
    attack: 'a node of an organisation without agreement',
    code: 'agreement.missing',
    attempt: () => knock(nodeKey(stranger), nodeBundle(stranger)),
  },
  {
    attack: 'a node that the partner certified and does not list',
    code: 'peer.unauthorized',
    attempt: async () => {
      const key = makeKey();
      return knock(key, await forgeNodeBundle(partner, key.seed));
    },
  },
  {
    attack: 'a device of the partner that comes to us',
    code: 'peer.unauthorized',
    attempt: () => knock(bob.key, bob.bundle, 'device'),
  },
  {
    attack: 'a member’s chain with the partner’s issuer and root',
    code: 'certificate.broken-chain',
    attempt: () => {
      const [ours, theirs] = [valueOf(decodeBundle(alice.bundle)), valueOf(decodeBundle(bob.bundle))];
      const chain = [ours.chain[0]!, theirs.chain[1]!, theirs.chain[2]!];
      return knock(alice.key, encodeBundle({ ...ours, chain }), 'device');
    },
  },
  {
    attack: 'a bundle that is no bundle',
    code: 'encoding.malformed',
    attempt: () => knock(makeKey(), Uint8Array.of(1, 2, 3)),
  },
  {
    attack: 'a bundle beyond every limit',
    code: 'encoding.too-large',
    attempt: () => knock(makeKey(), new Uint8Array(MAX_STRANGER_FRAME_BYTES - 1_000)),
  },
];

const door = new Door();
attacksOn('enrolment of a running node', ENROLMENT, () => Promise.resolve(door));
attacksOn('the gate of a running node, over libp2p', GATE, () => Promise.resolve(door));
