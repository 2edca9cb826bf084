/**
 * A new node joins its organisation: it looks at who the inviting node is before it shows its code, and comes away
 * with the bundle that certifies its key.
 */
import type { Logger } from 'pino';
import { peerIdFromString } from '@libp2p/peer-id';
import { ChanceryError, accept, refuse, valueOf } from '../../protocol/errors/index.ts';
import { parseCertificate, readSubject } from '../../protocol/certificate/index.ts';
import { decodeBundle, verifyBundle, type VerificationContext } from '../../protocol/identity/index.ts';
import {
  MAX_FRAME_BYTES,
  enrolAnswerShape,
  parseInvitation,
  readFrame,
  refusalOf,
  writeFrame,
  type Invitation,
} from '../../protocol/wire/index.ts';
import { Host } from '../network/index.ts';

export interface JoinOptions {
  /** As printed by `chancery node invite`. */
  readonly invitation: string;
  /** 32 bytes: the new node's Ed25519 seed. */
  readonly seed: Uint8Array;
  /** Where the new node will listen (multiaddrs). */
  readonly addresses: readonly string[];
  readonly context: VerificationContext;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: Logger;
}

export interface Joined {
  readonly domain: string;
  readonly rootId: string;
  readonly bundle: Uint8Array;
  /** What the organisation certified it for. */
  readonly roles: readonly ('gateway' | 'archive')[];
  /** The multiaddr of the node that took it in, with peer id. */
  readonly archiveNode: string;
}

/** Throws what the invitation or the inviting node refuses. */
export async function joinOrganisation(options: JoinOptions): Promise<Joined> {
  const invitation = valueOf(parseInvitation(options.invitation));
  if (invitation.address !== null) {
    throw new ChanceryError(
      'request.invalid',
      `that invitation is for ${invitation.address}; use chancery-chat enrol`,
    );
  }
  const [archiveNode] = invitation.nodes;
  const peerId = /\/p2p\/([^/]+)$/.exec(archiveNode ?? '')?.[1];
  if (archiveNode === undefined || peerId === undefined) {
    throw new ChanceryError('request.invalid', 'the invitation names no node; make a new one');
  }
  const host = await startStranger(options, invitation);
  try {
    const { channel } = await host.open('enrolment', { peerId, addresses: invitation.nodes });
    await writeFrame(channel, {
      type: 'enrol',
      v: 1,
      code: invitation.code,
      address: null,
      label: '',
      addresses: options.addresses.slice(0, 16),
    });
    const answer = valueOf(await readFrame(channel, enrolAnswerShape, MAX_FRAME_BYTES, 'enrolment'));
    if (answer.type === 'refused') throw ChanceryError.from(refusalOf(answer).refusal);
    if (answer.type === 'pending')
      throw new ChanceryError('encoding.malformed', 'nodes wait for no approval, but were told to');
    const { domain, rootId } = invitation;
    return { domain, rootId, bundle: answer.bundle, roles: rolesIn(answer.bundle, domain), archiveNode };
  } finally {
    await host.stop();
  }
}

/** A host that shows nothing, and accepts nobody but a node under the root that the invitation names. */
function startStranger(options: JoinOptions, invitation: Invitation): Promise<Host> {
  return Host.start({
    seed: options.seed,
    listen: [],
    announce: [],
    dht: false,
    log: options.log,
    handlers: {},
    enrolment: () => Promise.resolve(),
    onPeer: () => undefined,
    onPeerGone: () => undefined,
    bundle: () => Promise.resolve(null),
    async admit(id, bundle) {
      const { publicKey } = peerIdFromString(id);
      if (publicKey?.type !== 'Ed25519')
        return refuse('identity.key-mismatch', 'the node’s key is not an Ed25519 key');
      const now = Math.floor(options.clock() / 1000);
      const identity = await verifyBundle(bundle, publicKey.raw, now, options.context);
      if (!identity.ok) return identity;
      const { domain, rootId } = identity.value;
      return domain === invitation.domain && rootId === invitation.rootId
        ? accept({ id, identity: identity.value, own: true, bundle })
        : refuse(
            'identity.root-mismatch',
            `the node at that address is not of ${invitation.domain} as invited`,
          );
    },
  });
}

/** The roles in a node's certificate. Throws `certificate.*`. */
function rolesIn(bundle: Uint8Array, domain: string): readonly ('gateway' | 'archive')[] {
  const [leaf = new Uint8Array()] = valueOf(decodeBundle(bundle)).chain;
  const subject = valueOf(readSubject(valueOf(parseCertificate(leaf)), domain));
  if (subject.kind === 'node') return subject.roles;
  throw new ChanceryError(
    'certificate.wrong-kind',
    'the certificate given is not a node’s; ask for another invitation',
  );
}
