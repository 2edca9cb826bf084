/**
 * Enrolment: trades an invitation's single-use code for this device's certificate.
 * Guarantees: the code is shown only to a node that has proven to be of the inviting organisation, under the very
 * root the invitation names; what comes back is believed only when it certifies this device's key for that person.
 */
import { keyFingerprint } from '../protocol/certificate/index.ts';
import { ChanceryError, accept, refuse, valueOf, type Result } from '../protocol/errors/index.ts';
import { verifyBundle } from '../protocol/identity/index.ts';
import {
  MAX_STRANGER_FRAME_BYTES,
  PROVE_WITHIN_MS,
  enrolAnswerShape,
  parseInvitation,
  readFrame,
  refusalOf,
  writeFrame,
  type EnrolAnswer,
  type Invitation,
} from '../protocol/wire/index.ts';
import type { Link, Platform } from './platform.ts';
import { MAX_NODES, type Profile } from './profile.ts';
import { proveNode, within } from './session/index.ts';

/** Milliseconds between two looks whether an operator has decided. */
const ASK_EVERY_MS = 3_000;

/** Why a node does not answer who only has to wait a little longer. */
const AWAY: ReadonlySet<string> = new Set([
  'node.unreachable',
  'identity.timeout',
  'archive.unavailable',
  'archive.closed',
  'limit.exceeded',
]);

/** What the owner of a device that has to be approved reads out to the operator. */
export interface Waiting {
  readonly address: string;
  readonly label: string;
  /** Of this device's key, as made here. */
  readonly fingerprint: string;
  /** When the request ends, in milliseconds. */
  readonly until: number;
}

type EnrolPlatform = Omit<Platform, 'randomBytes' | 'describe' | 'unsealer'>;

/**
 * Enrols the device that holds `platform.signer`. `label` is how the member and operators will know it. Where an
 * operator has to approve it, says so once and asks again until that is decided; who is interrupted meanwhile goes on
 * by enrolling again with the same key and invitation.
 * Throws `request.invalid` for a damaged invitation, `node.unreachable`, `identity.*`, `certificate.*`, or what the
 * node refused, such as `enrolment.bad-code` or `enrolment.rejected`.
 */
export async function enrol(
  invitation: string,
  label: string,
  platform: EnrolPlatform,
  onWaiting: (waiting: Waiting) => void = () => undefined,
): Promise<Profile> {
  const parsed = valueOf(parseInvitation(invitation));
  const { address } = parsed;
  if (address === null) {
    throw new ChanceryError('request.invalid', 'the invitation is for a node, not for a person’s device');
  }
  let waiting: Waiting | undefined;
  for (;;) {
    try {
      const enrolled = await enrolOnce({ ...parsed, address }, label, platform);
      if ('bundle' in enrolled) return enrolled;
      if (waiting === undefined) onWaiting(enrolled);
      waiting = enrolled;
    } catch (error) {
      const goesOn = waiting !== undefined && platform.clock() < waiting.until && isAway(error);
      if (!goesOn) throw error;
    }
    const { promise, resolve } = Promise.withResolvers<undefined>();
    platform.after(ASK_EVERY_MS, () => resolve(undefined));
    await promise;
  }
}

/** Whether somebody who waits may find the node back later; what is no refusal is a connection that broke. */
function isAway(error: unknown): boolean {
  return !(error instanceof ChanceryError) || AWAY.has(error.code);
}

/** A profile, or that an operator has to approve the device first. */
async function enrolOnce(
  invitation: Invitation & { readonly address: string },
  label: string,
  platform: EnrolPlatform,
): Promise<Profile | Waiting> {
  const { nodes } = invitation;
  let failure = new ChanceryError('node.unreachable', 'the invitation names no node; ask for a new one');
  for (const node of nodes) {
    let link: Link;
    try {
      link = await platform.transport.dial(node);
    } catch (error) {
      if (!(error instanceof ChanceryError)) throw error;
      failure = error;
      continue;
    }
    try {
      return await enrolAt(link, invitation, label, platform);
    } finally {
      await link.close();
    }
  }
  throw failure;
}

async function enrolAt(
  link: Link,
  invitation: Invitation & { readonly address: string },
  label: string,
  platform: EnrolPlatform,
): Promise<Profile | Waiting> {
  const { domain, rootId, address, code } = invitation;
  const expected = { domain, rootId, rosterNumber: 0 };
  const node = valueOf(await proveNode(link, null, expected, platform));
  const channel = await link.open('enrolment');
  const answer = await within(PROVE_WITHIN_MS, channel, platform.after, async () => {
    await writeFrame(channel, { type: 'enrol', v: 1, code, address, label, addresses: [] });
    return valueOf(await readFrame(channel, enrolAnswerShape, MAX_STRANGER_FRAME_BYTES, 'enrolment'));
  });
  await channel.close();
  const enrolled = accepted(answer);
  if (enrolled.type === 'pending') {
    const fingerprint = keyFingerprint(platform.signer.publicKey, platform.context.suite.sha256);
    return { address, label, fingerprint, until: enrolled.until };
  }
  const owner = { address, domain, rootId: node.rootId };
  valueOf(await verifyOwnBundle(enrolled.bundle, owner, platform));
  return {
    ...owner,
    formerRoots: node.rootId === rootId ? [] : [rootId],
    nodes: [...new Set([...enrolled.nodes, ...invitation.nodes])].slice(0, MAX_NODES),
    bundle: enrolled.bundle,
    rosterNumber: node.statement?.roster.number ?? 0,
  };
}

/** When this device's certificate holds, in seconds since 1970. */
export interface Holds {
  readonly from: number;
  readonly until: number;
}

/**
 * Checks a bundle that is to be this device's own: its key, its member, its organisation's root.
 * Refuses with `certificate.*`, `identity.*` or `encoding.*`.
 */
export async function verifyOwnBundle(
  bundle: Uint8Array,
  owner: Pick<Profile, 'address' | 'domain' | 'rootId'>,
  platform: Pick<Platform, 'context' | 'clock' | 'signer'>,
): Promise<Result<Holds>> {
  const at = Math.floor(platform.clock() / 1000);
  const identity = await verifyBundle(bundle, platform.signer.publicKey, at, platform.context);
  if (!identity.ok) return identity;
  const { leaf, domain, rootId } = identity.value;
  if (domain !== owner.domain || rootId !== owner.rootId) {
    return refuse(
      'identity.root-mismatch',
      `the certificate is not from the ${owner.domain} that was expected`,
    );
  }
  if (leaf.subject.kind !== 'device' || leaf.subject.address.text !== owner.address) {
    return refuse('certificate.wrong-name', `the certificate is not for a device of ${owner.address}`);
  }
  return accept(leaf.window);
}

function accepted(answer: EnrolAnswer): Exclude<EnrolAnswer, { type: 'refused' }> {
  if (answer.type === 'refused') throw ChanceryError.from(refusalOf(answer).refusal);
  return answer;
}
