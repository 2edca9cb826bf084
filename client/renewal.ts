/**
 * Keeps this device's certificate fresh: a new one when less than a third of its life is left.
 * Guarantees: what waits in the outbox is sent under the certificate it was signed with before that one is given up, for
 * as long as the organisation takes anything under it.
 */
import { ChanceryError } from '../protocol/errors/index.ts';
import { verifyOwnBundle, type Holds } from './enrolment.ts';
import type { Outbox } from './outbox/index.ts';
import type { Platform } from './platform.ts';
import type { Profile } from './profile.ts';
import type { Requests } from './session/index.ts';

/** Milliseconds between two attempts, and to wait for the outbox to empty. */
const ATTEMPT_EVERY_MS = 3_600_000;
const EMPTY_WITHIN_MS = 10_000;

/** Whether less than a third of the time is left at `now` (milliseconds). */
function isDue({ from, until }: Holds, now: number): boolean {
  return now / 1000 > until - (until - from) / 3;
}

export class Renewal {
  readonly #platform: Platform;
  readonly #outbox: Outbox;
  #notBefore = 0;

  constructor(platform: Platform, outbox: Outbox) {
    this.#platform = platform;
    this.#outbox = outbox;
  }

  /** Whether to renew now; to be asked often. */
  isDue(holds: Holds): boolean {
    const now = this.#platform.clock();
    return now >= this.#notBefore && isDue(holds, now);
  }

  /**
   * A fresh profile; none while the outbox does not empty, where that is needed: under a certificate that was replaced
   * already nothing is sent any more. Throws what the node refused or what is wrong with it.
   */
  async renew(profile: Profile, requests: Requests, emptyFirst: boolean): Promise<Profile | undefined> {
    const { clock } = this.#platform;
    this.#notBefore = clock() + ATTEMPT_EVERY_MS;
    if (!(await this.#emptied(requests)) && emptyFirst) return undefined;
    const { bundle } = await requests.ask('renew', {});
    const verified = await verifyOwnBundle(bundle, profile, this.#platform);
    if (!verified.ok) throw ChanceryError.from(verified.refusal);
    return { ...profile, bundle };
  }

  async #emptied(requests: Requests): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const cancel = this.#platform.after(EMPTY_WITHIN_MS, () => resolve(false));
    void requests.ended.then(() => resolve(false));
    void this.#outbox.emptied().then(() => resolve(true));
    const emptied = await promise;
    cancel();
    return emptied;
  }
}
