/**
 * Device control: whether a device may have a session now, by the organisation's rules, and for how long.
 * Guarantees: a device that falls short is told every rule that it breaks and what mends it; what it reported is in
 * the log before it is judged; a session is bound to the proven connection, so it cannot be stretched from within.
 */
import type { Logger } from 'pino';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import {
  describeBreach,
  judgeFacts,
  mergeFacts,
  openAttestation,
  tooMany,
  type Attestation,
  type Breach,
  type DeviceRules,
} from '../../protocol/device/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import type { DeviceRequest } from '../../protocol/wire/index.ts';
import type { Device, DeviceReports, Members } from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';

export interface ControlOptions {
  readonly rules: DeviceRules;
  readonly members: Members;
  readonly reports: DeviceReports;
  readonly suite: CryptoSuite;
  readonly clock: () => number;
  readonly log: Logger;
}

/** What a device is told when its session has lasted as long as the rules allow. */
export const SESSION_OVER = {
  code: 'device.session-over',
  message: 'the session has lasted as long as is allowed; connect again',
} as const;

type Begin = Extract<DeviceRequest, { type: 'begin' }>;

export class DeviceControl {
  readonly #options: ControlOptions;
  /** Milliseconds: when the session of a proven connection ends. */
  readonly #ends = new WeakMap<Peer, number>();

  constructor(options: ControlOptions) {
    this.#options = options;
  }

  get idleLockMs(): number | null {
    return this.#options.rules.idleLockMs;
  }

  /**
   * Begins a session, or goes on with the one of this connection; the answer is when it ends (milliseconds).
   * Refuses with `device.session-over`, `device.bad-attestation`, `device.out-of-rule` or `device.too-many`.
   */
  async begin({ facts, attestation }: Begin, device: Device, peer: Peer): Promise<Result<number>> {
    const { rules, reports, clock, log } = this.#options;
    const now = clock();
    const begun = this.#ends.get(peer);
    if (begun !== undefined && begun <= now) return over();
    const attested = attestation === null ? accept(null) : this.#attested(attestation, peer.id, now);
    const known = mergeFacts(facts, attested.ok ? attested.value : null);
    await reports.report(peer.id, device.address, known, now);
    const breaches = await this.breaches(device);
    const [first] = breaches;
    if (!attested.ok) {
      log.warn({ device: device.serial, code: attested.refusal.code }, attested.refusal.message);
      if (first !== undefined) return attested;
    }
    if (first !== undefined) {
      log.warn({ device: device.serial, code: first.code }, `device refused: ${first.reason}`);
      return refuse(first.code, breaches.map(describeBreach).join('. '), { rule: first.rule });
    }
    const ends = begun ?? now + rules.sessionMs;
    this.#ends.set(peer, ends);
    return accept(ends);
  }

  /** Whether the connection has a session now. Refuses with `request.invalid` before it has begun, `device.session-over` after. */
  session(peer: Peer): Result<number> {
    const { reports, clock } = this.#options;
    const ends = this.#ends.get(peer);
    if (ends === undefined)
      return refuse('request.invalid', 'the device has not said what it is; begin the session first');
    if (ends <= clock()) return over();
    reports.sighted(peer.id, clock());
    return accept(ends);
  }

  /** The rules that a device breaks by what it last reported; one that never reported breaks none yet. */
  async breaches(device: Device): Promise<Breach[]> {
    const { rules, reports } = this.#options;
    const report = reports.of(device.peer);
    const breaches = report === undefined ? [] : judgeFacts(report.known, rules);
    const inForce = await this.#inForce(device.address);
    const rank = inForce.findIndex(({ peer }) => peer === device.peer);
    return rank >= rules.maximum ? [...breaches, tooMany(rules.maximum)] : breaches;
  }

  /** Whether a member may enrol one more device. Refuses with `device.too-many`. */
  async room(address: string): Promise<Result<undefined>> {
    const { maximum } = this.#options.rules;
    const inForce = await this.#inForce(address);
    if (inForce.length < maximum) return accept(undefined);
    const breach = tooMany(maximum);
    return refuse(breach.code, describeBreach(breach), { rule: breach.rule });
  }

  /** A member's devices in good standing, the first enrolled first: the last ones are those too many. */
  async #inForce(address: string): Promise<Device[]> {
    const { members, clock } = this.#options;
    const now = clock() / 1000;
    const devices = (await members.devicesOf(address)).filter(
      (device) => device.revoked === null && device.expires > now && members.isCurrent(device),
    );
    return devices.sort((a, b) => a.enrolled - b.enrolled || (a.peer < b.peer ? -1 : 1));
  }

  #attested(statement: Uint8Array, device: string, now: number): Result<Attestation | null> {
    const { keys, maxAgeMs } = this.#options.rules.attestation;
    if (keys.length === 0) return accept(null); // nobody here to attest anything
    return openAttestation(statement, { device, now, maxAge: maxAgeMs }, keys, this.#options.suite);
  }
}

function over(): Result<never> {
  return refuse(SESSION_OVER.code, SESSION_OVER.message);
}
