/**
 * Enrolment: a stranger with a single-use code becomes a device of a member, or a node of the organisation.
 * Guarantees: the key that is certified is the one Noise has proven; a code works once; guessing is hopeless and slow.
 */
import { keyFingerprint, parseCertificate } from '../../protocol/certificate/index.ts';
import { accept, refuse, valueOf, type Result } from '../../protocol/errors/index.ts';
import {
  MAX_STRANGER_FRAME_BYTES,
  formatInvitation,
  readFrame,
  refusalFrame,
  strangerRequestShape,
  writeFrame,
  type EnrolAnswer,
  type EnrolFrame,
  type FrameChannel,
  type StandingAnswer,
  type StrangerRequest,
  type WipedAnswer,
} from '../../protocol/wire/index.ts';
import type { Authority } from '../identity/index.ts';
import { INVITATION_LIFE_MS, type Invitation, type Members } from '../ledger/index.ts';
import type { Approvals } from './approvals.ts';
import { hashCode, makeCode } from './code.ts';

/** Wrong codes answered a minute, over all peers: 2^80 codes make even this needless, but the log stays readable. */
const MAX_FAILURES_A_MINUTE = 30;

export interface EnrolmentOptions {
  readonly domain: string;
  readonly members: Members;
  readonly authority: Authority;
  /** Whether a member may have one more device; refuses with `device.too-many`. */
  readonly room: (address: string) => Promise<Result<unknown>>;
  /** What a device that was revoked still says. */
  readonly farewell: (
    request: Exclude<StrangerRequest, { type: 'enrol' }>,
    peerId: string,
  ) => Promise<Result<StandingAnswer | WipedAnswer>>;
  /** Whether the code alone suffices for a device. */
  readonly approval: 'none' | 'operator';
  readonly approvals: Approvals;
  /** Puts a node on the roster. */
  readonly admitNode: (
    peer: string,
    roles: Invitation['nodeRoles'],
    addresses: readonly string[],
  ) => Promise<void>;
  /** Where our nodes are: multiaddrs with peer id. */
  readonly nodes: () => readonly string[];
  readonly sha256: (data: Uint8Array) => Uint8Array;
  readonly clock: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
}

export interface MadeInvitation {
  readonly code: string;
  readonly invitation: string;
  /** Milliseconds. */
  readonly expires: number;
}

export class Enrolment {
  readonly #options: EnrolmentOptions;
  #failures: number[] = [];

  constructor(options: EnrolmentOptions) {
    this.#options = options;
  }

  /** Invites a member's device (`address`), or a node (`nodeRoles`), at these multiaddrs. The code is shown once and stored as a hash. */
  async invite(
    address: string | null,
    nodeRoles: Invitation['nodeRoles'],
    nodes: readonly string[],
  ): Promise<MadeInvitation> {
    const { domain, members, authority, sha256, clock, randomBytes } = this.#options;
    const code = makeCode(randomBytes);
    const expires = clock() + INVITATION_LIFE_MS;
    await members.invite({ codeHash: hashCode(code, sha256), address, nodeRoles: [...nodeRoles], expires });
    const invitation = formatInvitation({
      domain,
      rootId: authority.rootId,
      address,
      code,
      nodes: nodes.slice(0, 16),
    });
    return { code, invitation, expires };
  }

  /** Serves one stream of a stranger. */
  async serve(channel: FrameChannel, peerId: string): Promise<void> {
    const frame = await readFrame(channel, strangerRequestShape, MAX_STRANGER_FRAME_BYTES, 'enrolment');
    const answer = frame.ok ? await this.#answer(frame.value, peerId) : frame;
    await writeFrame(channel, answer.ok ? answer.value : refusalFrame(answer.refusal));
    await channel.close();
  }

  #answer(
    request: StrangerRequest,
    peerId: string,
  ): Promise<Result<EnrolAnswer | StandingAnswer | WipedAnswer>> {
    return request.type === 'enrol' ? this.#enrol(request, peerId) : this.#options.farewell(request, peerId);
  }

  async #enrol(frame: EnrolFrame, peerId: string): Promise<Result<EnrolAnswer>> {
    const { members, sha256, clock } = this.#options;
    const now = clock();
    this.#failures = this.#failures.filter((at) => at > now - 60_000);
    if (this.#failures.length >= MAX_FAILURES_A_MINUTE) {
      return refuse('limit.exceeded', 'too many wrong codes; wait a minute and try again');
    }
    const codeHash = hashCode(frame.code, sha256);
    const again = this.#options.approvals.again(peerId, codeHash, frame.address);
    if (again !== undefined) return again;
    const invitation = members.invitation(codeHash, now);
    if (!invitation.ok || invitation.value.address !== frame.address) {
      this.#failures.push(now);
      return invitation.ok
        ? refuse('enrolment.bad-code', 'the code is for someone else; ask your operator for a new one')
        : invitation;
    }
    return frame.address === null
      ? this.#enrolNode(invitation.value, frame, peerId)
      : this.#enrolDevice(invitation.value, frame, peerId);
  }

  async #enrolDevice(
    invitation: Invitation,
    frame: EnrolFrame,
    peerId: string,
  ): Promise<Result<EnrolAnswer>> {
    const { members, authority, nodes, approval, approvals } = this.#options;
    const member = members.active(invitation.address ?? '');
    if (!member.ok) return member;
    if (members.deviceOfPeer(peerId)?.revoked?.reason === 'key-compromise')
      return refuse('device.revoked', 'the key of this device was revoked for good; enrol with a new one');
    const room = await this.#options.room(member.value.address);
    if (!room.ok) return room;
    if (approval === 'operator')
      return approvals.begin(invitation, peerId, frame.label, () => this.#stillUnused(invitation));
    const certified = await authority.certifyDevice(member.value, peerId, frame.label);
    if (!certified.ok) return certified;
    const { publicKey } = valueOf(parseCertificate(certified.value.device.certificate));
    const fingerprint = keyFingerprint(publicKey, this.#options.sha256);
    const told = await members.arrival(member.value, peerId, fingerprint);
    const unused = this.#stillUnused(invitation);
    if (!unused.ok) return unused;
    await members.enrol(invitation, peerId, certified.value.device, told);
    return accept({ type: 'enrolled', bundle: certified.value.bundle, nodes: [...nodes()] });
  }

  async #enrolNode(invitation: Invitation, frame: EnrolFrame, peerId: string): Promise<Result<EnrolAnswer>> {
    const { members, authority, admitNode, nodes } = this.#options;
    const certified = await authority.certifyNode(peerId, invitation.nodeRoles);
    if (!certified.ok) return certified;
    const unused = this.#stillUnused(invitation);
    if (!unused.ok) return unused;
    await members.enrol(invitation, peerId, null);
    await admitNode(peerId, invitation.nodeRoles, frame.addresses);
    return accept({ type: 'enrolled', bundle: authority.nodeBundle(certified.value), nodes: [...nodes()] });
  }

  /** Issuing takes a moment in which the same code may have come again: the append that follows is synchronous. */
  #stillUnused(invitation: Invitation): Result<Invitation> {
    return this.#options.members.invitation(invitation.codeHash, this.#options.clock());
  }
}
