/**
 * Enrolment: trades an invitation's single-use code for this device's certificate.
 * Guarantees: the code is shown only to a node that has proven to be of the inviting organisation, under the very
 * root the invitation names; what comes back is believed only when it certifies this device's key for that person.
 */
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

type EnrolPlatform = Omit<Platform, 'randomBytes' | 'describe'>;

/**
 * Enrols the device that holds `platform.signer`. `label` is how the member and operators will know it.
 * Throws `request.invalid` for a damaged invitation, `node.unreachable`, `identity.*`, `certificate.*`, or what the
 * node refused, such as `enrolment.bad-code`.
 */
export async function enrol(invitation: string, label: string, platform: EnrolPlatform): Promise<Profile> {
  const parsed = valueOf(parseInvitation(invitation));
  const { address, nodes } = parsed;
  if (address === null) {
    throw new ChanceryError('request.invalid', 'the invitation is for a node, not for a person’s device');
  }
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
      return await enrolAt(link, { ...parsed, address }, label, platform);
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
): Promise<Profile> {
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

function accepted(answer: EnrolAnswer): Extract<EnrolAnswer, { type: 'enrolled' }> {
  if (answer.type === 'refused') throw ChanceryError.from(refusalOf(answer).refusal);
  return answer;
}
