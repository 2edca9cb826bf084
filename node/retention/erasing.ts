/**
 * Requests to erase what a person wrote. Guarantees: each ends as erased, deferred until a date, or refused, with its ground on
 * record; what a hold keeps is refused, what a schedule keeps is deferred and goes by itself when its date has come.
 */
import type { Logger } from 'pino';
import { DISPOSED_MAX } from '../../protocol/archive/index.ts';
import type { ChanceryError } from '../../protocol/errors/index.ts';
import {
  fact,
  type Erasure,
  type Erasures,
  type Ledger,
  type Members,
  type Messages,
} from '../ledger/index.ts';
import { assertOfficer } from '../custody/index.ts';
import type { Candidate, Disposition } from './disposition.ts';
import { actOf, hashOf, type SignedAct } from './holding.ts';
import type { Retention } from './retention.ts';

/** Messages of one person that are looked at in one go. */
const PAGE = 1_000;

export interface ErasingOptions {
  readonly ledger: Ledger;
  readonly members: Members;
  readonly messages: Messages;
  readonly erasures: Erasures;
  readonly disposition: Disposition;
  readonly retention: Retention;
  readonly log: Logger;
}

/** What a request came to. */
interface Outcome {
  readonly erased: number;
  readonly left: number;
  readonly held: readonly ChanceryError[];
  /** The latest date until which something is kept, in milliseconds; null where nothing is. */
  readonly until: number | null;
}

export class Erasing {
  readonly #options: ErasingOptions;

  constructor(options: ErasingOptions) {
    this.#options = options;
  }

  /** Records a request and decides it. Returns its entry. Throws `officer.required`. */
  async request(
    person: string,
    ground: string,
    actor: string,
    signed: SignedAct | null = null,
  ): Promise<number> {
    const { ledger, members } = this.#options;
    assertOfficer(members, actor);
    const asked: Erasure = {
      person,
      state: 'requested',
      request: null,
      ground,
      outcome: '',
      until: null,
      erased: 0,
      left: 0,
      actor,
      ...hashOf(signed),
    };
    const { first } = await ledger.append([...actOf(signed), fact('erasure', asked)]);
    const request = first + actOf(signed).length;
    await this.#decide(request, asked);
    return request;
  }

  /** Decides again what was deferred, where its date has come, and what a node that died had not decided. */
  async look(): Promise<void> {
    const { erasures, ledger } = this.#options;
    if (ledger.log.stopped !== undefined) return;
    for (const { sequence, ...erasure } of await erasures.all()) {
      const { state, until } = erasure;
      const isDue = state === 'deferred' && (until ?? 0) <= ledger.log.now;
      if (state === 'requested' || isDue) await this.#decide(sequence, erasure);
    }
  }

  async #decide(request: number, asked: Erasure): Promise<void> {
    const { ledger, log } = this.#options;
    const { erased, left, held, until } = await this.#erase(request, asked.person);
    const outcome = outcomeOf(left, held, until);
    const before = asked.erased;
    const record: Erasure = {
      ...asked,
      ...outcome,
      request,
      until,
      erased: before + erased,
      left,
    };
    const isSame = asked.state === record.state && asked.until === until && erased === 0;
    if (!isSame) await ledger.append([fact('erasure', record)]);
    log.info({ request, state: record.state, erased, left }, 'a request for erasure was decided');
  }

  /** Disposes of what may go, of all that a person wrote. */
  async #erase(request: number, person: string): Promise<Outcome> {
    const { messages, disposition, retention } = this.#options;
    const gone: Candidate[] = [];
    const kept: ChanceryError[] = [];
    let before: number | null = null;
    for (;;) {
      const page: number[] = await messages.said(person, before, PAGE);
      const found = page.flatMap((sequence) => disposition.candidate(sequence) ?? []);
      for (let at = 0; at < found.length; at += DISPOSED_MAX) {
        const part = found.slice(at, at + DISPOSED_MAX);
        const done = await disposition.inTurn(() => disposition.dispose(part, 'erasure', String(request)));
        gone.push(...done.disposed);
        kept.push(...done.kept);
      }
      if (page.length < PAGE) break;
      before = page.at(-1) ?? null;
    }
    if (gone.length > 0) await retention.seeToKeys(gone);
    const held = kept.filter(({ code }) => code === 'archive.held');
    const dates = kept.map(({ facts }) => Number(facts['until'] ?? 0));
    return {
      erased: gone.length,
      left: kept.length,
      held,
      until: kept.length === held.length ? null : Math.max(...dates),
    };
  }
}

/** GDPR 17(3)(e): a claim needs it; 17(3)(b): a legal obligation asks for it until a date. */
function outcomeOf(
  left: number,
  held: readonly ChanceryError[],
  until: number | null,
): Pick<Erasure, 'state' | 'outcome'> {
  if (left === 0) return { state: 'erased', outcome: 'everything that was there is gone' };
  if (until === null)
    return { state: 'refused', outcome: `${held.length} messages are under a legal hold (GDPR 17(3)(e))` };
  const date = new Date(until).toISOString();
  const also = held.length === 0 ? '' : `, and ${held.length} are under a legal hold (GDPR 17(3)(e))`;
  return {
    state: 'deferred',
    outcome: `${left - held.length} messages must be kept, the last until ${date} (GDPR 17(3)(b))${also}`,
  };
}
