/**
 * What a device does before it believes that it was revoked, and says when it has acted on it. A refusal is a claim of
 * whoever is at the other end: it counts only when that is a node of the device's own organisation, proven under the
 * pinned root, and hands over the organisation's signed word about this very key.
 */
import { peerIdOf } from '../../protocol/certificate/index.ts';
import { openRevocationNotice } from '../../protocol/device/index.ts';
import { ChanceryError, type Code } from '../../protocol/errors/index.ts';
import {
  MAX_STRANGER_FRAME_BYTES,
  PROVE_WITHIN_MS,
  readFrame,
  standingAnswerShape,
  wipedAnswerShape,
  writeFrame,
} from '../../protocol/wire/index.ts';
import type { Link, Platform } from '../platform.ts';
import { proveNode, within, type Expected } from './node-identity.ts';

type Asking = Pick<Platform, 'context' | 'deflate' | 'clock' | 'after' | 'signer'>;

/** Whether a refusal may mean that the device was revoked, so that it is worth asking. */
export function mayBeRevoked(code: Code): boolean {
  return code === 'device.revoked' || (code.startsWith('certificate.') && code !== 'certificate.superseded');
}

/** Whether the organisation itself says that this device was revoked. Anything short of proof is a no. */
export async function isRevoked(link: Link, expected: Expected, platform: Asking): Promise<boolean> {
  try {
    const node = await proveNode(link, null, expected, platform);
    if (!node.ok || node.value.statement === null) return false;
    const channel = await link.open('enrolment');
    const answer = await within(PROVE_WITHIN_MS, channel, platform.after, async () => {
      await writeFrame(channel, { type: 'standing', v: 1 });
      return readFrame(channel, standingAnswerShape, MAX_STRANGER_FRAME_BYTES, 'standing');
    });
    await channel.close();
    if (!answer.ok || answer.value.type === 'refused' || answer.value.notice === null) return false;
    const { domain } = expected;
    const about = { domain, device: peerIdOf(platform.signer.publicKey) };
    const { publicKey } = node.value.statement;
    return openRevocationNotice(answer.value.notice, about, publicKey, platform.context.suite).ok;
  } catch {
    return false; // the connection broke: the next one is asked again
  }
}

/** Tells the organisation that this device has destroyed what it held; its key is what it says so with. */
export async function reportWiped(link: Link, platform: Pick<Platform, 'after'>): Promise<void> {
  const channel = await link.open('enrolment');
  const answer = await within(PROVE_WITHIN_MS, channel, platform.after, async () => {
    await writeFrame(channel, { type: 'wiped', v: 1 });
    return readFrame(channel, wipedAnswerShape, MAX_STRANGER_FRAME_BYTES, 'answer');
  });
  await channel.close();
  if (!answer.ok) throw ChanceryError.from(answer.refusal);
}
