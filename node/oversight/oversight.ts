/**
 * Officers' acts: taken, checked, recorded, and done. Guarantees: an act counts once, and only as its own officer's, in good
 * standing, signed by the device that hands it in; what takes two officers takes two different ones, the second of whom signs
 * the very bytes of what the first asked; the act is in the log before or together with what follows from it.
 */
import { equals } from 'uint8arrays/equals';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { ChanceryError, accept, refuse, valueOf, type Result } from '../../protocol/errors/index.ts';
import { openAct, readAct, type Act, type Asked, type Deed } from '../../protocol/oversight/index.ts';
import { assertOfficer } from '../custody/index.ts';
import {
  APPROVED_WITHIN_MS,
  fact,
  type Device,
  type Ledger,
  type Members,
  type OfficerActs,
} from '../ledger/index.ts';
import type { PolicyDesk } from '../policy/index.ts';
import type { Retaining, SignedAct } from '../retention/index.ts';
import { assertAskable } from './askable.ts';
import type { FourEyes } from './oversight-policy.ts';
import type { PolicyInForce } from './policy-in-force.ts';

/** Milliseconds by which an act's time and the log's may differ. */
const CLOCKS_DIFFER_MS = 10 * 60 * 1000;

export interface OversightOptions {
  readonly domain: string;
  readonly ledger: Ledger;
  readonly members: Members;
  readonly acts: OfficerActs;
  readonly retaining: Pick<Retaining, 'holds' | 'holding' | 'erasing' | 'retention'>;
  readonly policy: PolicyInForce;
  readonly policies: Pick<PolicyDesk, 'check' | 'takesTwo' | 'applySigned'>;
  readonly suite: CryptoSuite;
}

/** The device that hands an act in, as its session proved it. */
export interface Acting {
  readonly device: Device;
  /** Its key, and its certificates: device, issuer, root (DER). */
  readonly publicKey: Uint8Array;
  readonly chain: readonly Uint8Array[];
}

/** What became of an act: its entry, and until when somebody has to approve it; null where nobody does. */
export interface Acted {
  readonly entry: number;
  readonly expires: number | null;
}

export class Oversight {
  readonly #options: OversightOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: OversightOptions) {
    this.#options = options;
  }

  /** Whether something needs a second officer. */
  isUnderFourEyes(action: FourEyes): boolean {
    return this.#options.policy.current.fourEyes.includes(action);
  }

  /**
   * Does what an officer signed. Refuses with `signature.invalid`, `encoding.*`, `officer.required`, `act.*`, `approval.*`,
   * `hold.*`, `policy.invalid`, `request.invalid` or `limit.exceeded`; throws why it cannot be recorded.
   */
  act(signed: Uint8Array, acting: Acting): Promise<Result<Acted>> {
    const done = this.#last.then(() => this.#act(signed, acting));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #act(bytes: Uint8Array, acting: Acting): Promise<Result<Acted>> {
    const opened = this.#open(bytes, acting);
    if (!opened.ok) return opened;
    const act = this.#options.suite.sha256(bytes);
    const signed = { fact: fact('officer-act', { act: bytes, chain: [...acting.chain] }), act };
    try {
      assertOfficer(this.#options.members, acting.device.address);
      return accept(await this.#do(opened.value, signed));
    } catch (error) {
      if (error instanceof ChanceryError && REFUSED.test(error.code))
        return refuse(error.code, error.message);
      throw error;
    }
  }

  #open(bytes: Uint8Array, { device, publicKey }: Acting): Result<Act> {
    const { domain, suite, ledger, acts } = this.#options;
    const opened = openAct(bytes, publicKey, suite);
    if (!opened.ok) return opened;
    const act = opened.value;
    if (act.domain !== domain || act.officer !== device.address || act.device !== device.peer)
      return refuse(
        'signature.invalid',
        `the act is not one of ${device.address} on this device for ${domain}`,
      );
    if (Math.abs(act.time - ledger.log.now) > CLOCKS_DIFFER_MS)
      return refuse('act.stale', 'the act is dated too far from the time here; set the clock of the device');
    if (acts.isKnown(suite.sha256(bytes))) return refuse('act.repeated', 'the act was done already');
    return opened;
  }

  async #do(act: Act, signed: SignedAct): Promise<Acted> {
    const { deed, officer } = act;
    switch (deed.kind) {
      case 'hold': {
        const { kind: _kind, ...wanted } = deed;
        const { holding } = this.#options.retaining;
        return { entry: await holding.place({ ...wanted, actor: officer }, { signed }), expires: null };
      }
      case 'ask':
        return this.#ask(deed.asked, officer, signed);
      case 'approve':
        return this.#approve(deed, officer, signed);
      case 'decline':
        return this.#decline(deed, signed);
    }
  }

  async #ask(asked: Asked, officer: string, signed: SignedAct): Promise<Acted> {
    const { ledger, policy, policies, acts, retaining } = this.#options;
    await assertAskable(asked, { ledger, policy, policies, acts, holds: retaining.holds });
    if (this.#takesTwo(asked)) {
      const { first } = await ledger.append([signed.fact]);
      return { entry: first, expires: ledger.log.now + APPROVED_WITHIN_MS };
    }
    switch (asked.action) {
      case 'erasure': {
        const { person, ground } = asked;
        return { entry: await retaining.erasing.request(person, ground, officer, signed), expires: null };
      }
      case 'policy': {
        const { text, reason } = asked;
        const applied = await policies.applySigned(text, { actor: officer, reason }, signed, 1);
        return { entry: valueOf(applied), expires: null };
      }
      default:
        throw new ChanceryError('approval.needless', `nobody has to approve this here (${asked.action})`);
    }
  }

  /** A hold ends only by two officers; whether a policy for messages takes two, it says itself, or the one before it. */
  #takesTwo(asked: Asked): boolean {
    if (asked.action !== 'policy') return asked.action === 'release' || this.isUnderFourEyes(asked.action);
    const { policies } = this.#options;
    return policies.takesTwo(valueOf(policies.check(asked.text, 'policy.yaml')));
  }

  async #approve(
    { request, act }: Extract<Deed, { kind: 'approve' }>,
    officer: string,
    signed: SignedAct,
  ): Promise<Acted> {
    const { members, ledger } = this.#options;
    const { asker, asked } = this.#waiting(request, act);
    if (asker === officer)
      throw new ChanceryError('approval.own', `${officer} asked for it; another officer has to approve it`);
    assertOfficer(members, asker);
    await this.#doApproved(asked, asker, officer, request, signed);
    return { entry: request, expires: ledger.log.now + APPROVED_WITHIN_MS };
  }

  async #decline({ request, act }: Extract<Deed, { kind: 'decline' }>, signed: SignedAct): Promise<Acted> {
    this.#waiting(request, act);
    await this.#options.ledger.append([signed.fact]);
    return { entry: request, expires: null };
  }

  /** What waits under an entry, if it is what was looked at. Throws `approval.missing`, `approval.other`, `approval.expired`. */
  #waiting(request: number, act: Uint8Array): { readonly asker: string; readonly asked: Asked } {
    const { acts, ledger } = this.#options;
    const waiting = acts.request(request);
    const record = waiting?.state === 'requested' ? acts.record(request) : undefined;
    if (waiting === undefined || record === undefined)
      throw new ChanceryError('approval.missing', `no request ${request} waits for another officer`);
    if (!equals(waiting.act, act))
      throw new ChanceryError('approval.other', `request ${request} is another one than was looked at`);
    if (ledger.log.now > waiting.expires)
      throw new ChanceryError(
        'approval.expired',
        `the request of ${waiting.officer} expired at ${new Date(waiting.expires).toISOString()}; ask for it anew`,
      );
    const read = readAct(record.act);
    if (!read.ok || read.value.deed.kind !== 'ask')
      throw new ChanceryError('archive.damaged', `entry ${request} is not the request that it was`);
    return { asker: waiting.officer, asked: read.value.deed.asked };
  }

  async #doApproved(
    asked: Asked,
    asker: string,
    officer: string,
    request: number,
    signed: SignedAct,
  ): Promise<void> {
    const { ledger, retaining, policy, policies } = this.#options;
    switch (asked.action) {
      case 'open':
      case 'export':
        await ledger.append([signed.fact]);
        return;
      case 'release': {
        const { matter, holds, reason } = asked;
        await retaining.holding.release(matter, { holds, request, actor: officer, reason }, signed);
        return;
      }
      case 'erasure':
        await retaining.erasing.request(asked.person, asked.ground, asker, signed);
        return;
      case 'disposal':
        await ledger.append([signed.fact]);
        await retaining.retention.look();
        return;
      case 'retention':
        if (policy.waiting !== asked.policy)
          throw new ChanceryError(
            'approval.other',
            'chancery.yaml says something else by now; ask for it anew',
          );
        await ledger.append([
          signed.fact,
          fact('oversight-policy', { policy: asked.policy, act: signed.act }),
        ]);
        return;
      case 'policy':
        valueOf(await policies.applySigned(asked.text, { actor: asker, reason: asked.reason }, signed, 2));
    }
  }
}

/** What is answered to who acts, and is no fault of this program. */
const REFUSED = /^(officer|approval|act|hold|policy|request|limit|archive[.](held|retained))/;
