/**
 * The device's half of the identity exchange: shows its own bundle, and believes the node only when its certificate
 * is for the key of the connection, is a node's, and leads to the root that the device has pinned, or to one that the
 * pinned root has handed over to.
 */
import { verifyHandovers } from '../../protocol/certificate/index.ts';
import { ChanceryError, accept, refuse, type Result } from '../../protocol/errors/index.ts';
import {
  verifyBundle,
  type VerificationContext,
  type VerifiedIdentity,
} from '../../protocol/identity/index.ts';
import {
  MAX_STRANGER_FRAME_BYTES,
  PROVE_WITHIN_MS,
  identityAnswerShape,
  readFrame,
  refusalOf,
  writeFrame,
  type FrameChannel,
} from '../../protocol/wire/index.ts';
import type { After, Link, Platform } from '../platform.ts';

/** Seconds a roster may be overdue before its organisation's node is not believed: devices have bad clocks. */
const ROSTER_GRACE_SECONDS = 86_400;

/** What the device knows of its organisation. */
export interface Expected {
  readonly domain: string;
  readonly rootId: string;
  readonly rosterNumber: number;
}

/**
 * Shows `bundle` (null before enrolment) and judges the answer.
 * Refuses with what the node refused, or `identity.*`, `certificate.*`, `roster.*`, `encoding.*`.
 */
export async function proveNode(
  link: Link,
  bundle: Uint8Array | null,
  expected: Expected,
  platform: Pick<Platform, 'context' | 'deflate' | 'clock' | 'after'>,
): Promise<Result<VerifiedIdentity>> {
  let proven = await ask(link, bundle, expected, platform, false);
  const needed = !proven.ok && proven.refusal.code === 'identity.handover-needed';
  if (needed) proven = await ask(link, bundle, expected, platform, true);
  return proven;
}

async function ask(
  link: Link,
  bundle: Uint8Array | null,
  expected: Expected,
  platform: Pick<Platform, 'context' | 'deflate' | 'clock' | 'after'>,
  handovers: boolean,
): Promise<Result<VerifiedIdentity>> {
  const channel = await link.open('identity');
  const answer = await within(PROVE_WITHIN_MS, channel, platform.after, async () => {
    const packed = bundle === null ? null : await platform.deflate.deflate(bundle);
    await writeFrame(channel, { type: 'identity', v: 1, bundle: packed, handovers });
    return readFrame(channel, identityAnswerShape, MAX_STRANGER_FRAME_BYTES, 'identity');
  });
  if (!answer.ok) return answer;
  if (answer.value.type === 'refused') return refusalOf(answer.value);
  await channel.close();
  if (answer.value.bundle === null) return refuse('identity.unproven', 'the node showed no identity');
  const shown = await platform.deflate.inflate(answer.value.bundle);
  if (!shown.ok) return shown;
  const at = Math.floor(platform.clock() / 1000);
  return judge(shown.value, link.peerKey, expected, at, platform.context);
}

async function judge(
  bundle: Uint8Array,
  peerKey: Uint8Array,
  expected: Expected,
  at: number,
  context: VerificationContext,
): Promise<Result<VerifiedIdentity>> {
  const identity = await verifyBundle(bundle, peerKey, at, context);
  if (!identity.ok) return identity;
  const { domain, leaf, statement } = identity.value;
  if (domain !== expected.domain) {
    return refuse('certificate.wrong-domain', `the node is of ${domain}, not of ${expected.domain}`);
  }
  const followed = followRoot(identity.value, expected.rootId, context.suite);
  if (!followed.ok) return followed;
  if (leaf.subject.kind !== 'node' || statement === null) {
    return refuse('certificate.wrong-kind', 'the peer is no node of the organisation');
  }
  if (statement.roster.number < expected.rosterNumber) {
    return refuse(
      'roster.rollback',
      'the node shows an older roster than was seen before; ask your operator',
    );
  }
  if (statement.roster.nextUpdate + ROSTER_GRACE_SECONDS < at) {
    return refuse('roster.overdue', `the roster of ${domain} is overdue; its operator should start its node`);
  }
  return accept(identity.value);
}

/** Whether the root shown is the one this device knows, or follows it by handovers. */
function followRoot(
  { domain, rootId, bundle }: VerifiedIdentity,
  known: string,
  suite: VerificationContext['suite'],
): Result<unknown> {
  if (rootId === known) return accept(undefined);
  if (bundle.handovers === null) {
    return refuse('identity.handover-needed', `${domain} has another root than this device knows; ask how`);
  }
  const followed = verifyHandovers(bundle.handovers, { domain, from: known, to: rootId }, suite);
  return followed.ok
    ? followed
    : refuse(
        'identity.root-mismatch',
        `the node does not belong to the ${domain} this device knows; ask your operator before you go on`,
      );
}

/** Does something with a channel, which is dropped when that takes longer. Throws `identity.timeout`. */
export async function within<T>(
  milliseconds: number,
  channel: FrameChannel,
  after: After,
  act: () => Promise<T>,
): Promise<T> {
  const late = new ChanceryError('identity.timeout', 'the node did not answer in time');
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = after(milliseconds, () => {
    channel.abort(late);
    reject(late);
  });
  try {
    return await Promise.race([act(), promise]);
  } finally {
    cancel();
  }
}
