/**
 * Enrolment where an operator decides: a device with a good code waits under its key until it is approved or rejected,
 * and asks again with the same key and code meanwhile. What the operator compares is the fingerprint of that key.
 */
import { keyFingerprint } from '../../protocol/certificate/index.ts';
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import type { EnrolAnswer } from '../../protocol/wire/index.ts';
import { rawKey, type Authority } from '../identity/index.ts';
import {
  isPending,
  type Act,
  type Device,
  type EnrolmentRequest,
  type EnrolmentRequests,
  type Invitation,
  type Members,
} from '../ledger/index.ts';

export interface ApprovalsOptions {
  readonly members: Members;
  readonly requests: EnrolmentRequests;
  readonly authority: Authority;
  /** Whether a member may have one more device; refuses with `device.too-many`. */
  readonly room: (address: string) => Promise<Result<unknown>>;
  /** Where our nodes are: multiaddrs with peer id. */
  readonly nodes: () => readonly string[];
  readonly sha256: Sha256;
  /** Milliseconds. */
  readonly clock: () => number;
}

/** A device that waits, as an operator is shown it. */
export interface WaitingDevice {
  readonly request: EnrolmentRequest;
  readonly fingerprint: string;
}

export class Approvals {
  readonly #options: ApprovalsOptions;

  constructor(options: ApprovalsOptions) {
    this.#options = options;
  }

  /** What a device is told that has asked before with this key and this code; undefined where none has. */
  again(peer: string, codeHash: Uint8Array, address: string | null): Result<EnrolAnswer> | undefined {
    const request = this.#options.requests.find(peer);
    if (request?.address !== address || Buffer.compare(request.codeHash, codeHash) !== 0) return undefined;
    return this.#answer(request);
  }

  /**
   * Lets a device wait. `stillUnused` is asked right before its code is used up. Refuses with `limit.exceeded` or
   * `identity.key-mismatch`.
   */
  async begin(
    invitation: Invitation,
    peer: string,
    label: string,
    stillUnused: () => Result<unknown>,
  ): Promise<Result<EnrolAnswer>> {
    const { requests, clock } = this.#options;
    if (rawKey(peer) === undefined)
      return refuse('identity.key-mismatch', 'the device’s key is not an Ed25519 key');
    const room = await requests.room(clock());
    if (!room.ok) return room;
    const unused = stillUnused();
    if (!unused.ok) return unused;
    return this.#answer(await requests.open(invitation, peer, label, clock()));
  }

  async pending(): Promise<WaitingDevice[]> {
    const waiting = await this.#options.requests.pending(this.#options.clock());
    return waiting.map((request) => ({ request, fingerprint: this.#fingerprint(request.peer) }));
  }

  /** Approves the device with this fingerprint. Refuses with `device.unknown`, `device.revoked`, `member.*`, `certificate.*`. */
  async approve(fingerprint: string, act: Act): Promise<Result<{ device: Device; waiting: WaitingDevice }>> {
    const { members, requests, authority } = this.#options;
    const found = await this.#find(fingerprint);
    if (!found.ok) return found;
    const { request } = found.value;
    const member = this.#standing(request);
    if (!member.ok) return member;
    const room = await this.#options.room(request.address);
    if (!room.ok) return room;
    const certified = await authority.certifyDevice(member.value, request.peer, request.label);
    if (!certified.ok) return certified;
    const { device } = certified.value;
    const told = await members.arrival(member.value, request.peer, found.value.fingerprint);
    // who was suspended or revoked while the certificate was made gets none
    const standing = this.#standing(request);
    if (!standing.ok) return standing;
    const approved = await requests.approve(request.peer, device, told, act);
    return approved.ok ? accept({ device, waiting: { ...found.value, request: approved.value } }) : approved;
  }

  /** Rejects the device with this fingerprint; it is told why. Refuses with `device.unknown`. */
  async reject(fingerprint: string, act: Act): Promise<Result<WaitingDevice>> {
    const found = await this.#find(fingerprint);
    if (!found.ok) return found;
    const rejected = await this.#options.requests.reject(found.value.request.peer, act);
    return rejected.ok ? accept({ ...found.value, request: rejected.value }) : rejected;
  }

  async #find(fingerprint: string): Promise<Result<WaitingDevice>> {
    const letters = lettersOf(fingerprint);
    const found = (await this.pending()).find((waiting) => lettersOf(waiting.fingerprint) === letters);
    return found === undefined
      ? refuse('device.unknown', 'no device of that fingerprint waits; see chancery device pending')
      : accept(found);
  }

  #answer(request: EnrolmentRequest): Result<EnrolAnswer> {
    const { authority, members, nodes, clock } = this.#options;
    const { state, peer, reason, until } = request;
    if (state === 'rejected') {
      const why = reason === '' ? '' : `: ${reason}`;
      return refuse('enrolment.rejected', `your operator rejected this device${why}`);
    }
    const standing = this.#standing(request);
    if (!standing.ok) return standing;
    if (state === 'pending') {
      return isPending(request, clock())
        ? accept({ type: 'pending', fingerprint: this.#fingerprint(peer), until })
        : refuse('enrolment.expired', 'nobody approved this device in time; ask for a new invitation');
    }
    const device = members.deviceOfPeer(peer);
    return device === undefined
      ? refuse('device.unknown', 'this device is not enrolled; ask for an invitation')
      : accept({ type: 'enrolled', bundle: authority.deviceBundle(device.certificate), nodes: [...nodes()] });
  }

  /** Whether the member may have a device now, and the key be one. */
  #standing({ peer, address }: EnrolmentRequest): ReturnType<Members['active']> {
    const { members } = this.#options;
    const revoked = members.deviceOfPeer(peer)?.revoked;
    return revoked === undefined || revoked === null || revoked.reason !== 'key-compromise'
      ? members.active(address)
      : refuse('device.revoked', 'the key of this device was revoked for good; enrol with a new one');
  }

  #fingerprint(peer: string): string {
    return keyFingerprint(rawKey(peer) ?? new Uint8Array(), this.#options.sha256);
  }
}

function lettersOf(fingerprint: string): string {
  return fingerprint.toUpperCase().replace(/[^A-Z2-7]/g, '');
}
