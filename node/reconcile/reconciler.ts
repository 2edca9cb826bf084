/**
 * Comparisons with partners, begun by an operator, or in return for a partner's own. Guarantees: that one is made, and what
 * it came to, is in the log before anybody is shown it; of each partner one at a time; a partner can cause one in ten
 * minutes, and no more than one at a time altogether.
 */
import { toString } from 'uint8arrays/to-string';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Partners } from '../ledger/index.ts';
import type { LogState } from './accuser.ts';
import { FINDING_STATES, type Finding, type FindingState } from './findings.ts';
import { Run, type Progress, type RunOptions } from './run.ts';
import type { TimeRange } from '../archive/index.ts';

/** Milliseconds of work in one step: whoever waits is told how far it is. */
const STEP_MS = 500;

/** Milliseconds after which a comparison that nobody goes on with is ended. */
const ABANDONED_MS = 60_000;

/** Milliseconds between two comparisons that one partner causes. */
const IN_RETURN_EVERY_MS = 600_000;

/** Milliseconds that a message may take to be archived, where a partner has us compare. */
const LATE_MS = 300_000;

export interface Asked {
  readonly partner: string;
  readonly range: TimeRange;
  readonly lateMs: number;
  /** Who has it made: an operator, or the partner. */
  readonly actor: string;
}

export interface Outcome {
  readonly partner: string;
  readonly theirs: { readonly size: number; readonly root: Uint8Array; readonly state: LogState };
  readonly compared: number;
  readonly counts: Readonly<Record<FindingState, number>>;
  /** As many as are named, what is wrong first. */
  readonly findings: readonly Finding[];
  /** Whether everything was compared. */
  readonly complete: boolean;
  /** Whether everything that was compared is in order, and the partner's log as it was. */
  readonly agrees: boolean;
}

export type ReconcilerOptions = Omit<RunOptions, 'partner' | 'range' | 'lateMs' | 'mutual'> & {
  readonly partners: Partners;
  readonly clock: () => number;
};

interface Current {
  readonly asked: Asked;
  readonly run: Run;
  timer: NodeJS.Timeout | undefined;
  /** Steps are taken in turn, whoever asks for them. */
  last: Promise<unknown>;
}

export class Reconciler {
  readonly #options: ReconcilerOptions;
  /** By id. */
  readonly #current = new Map<string, Current>();
  readonly #caused = new Map<string, number>();
  #inReturn: Promise<void> | undefined;
  #returning: Run | undefined;
  #begun = 0;
  #stopped = false;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** Begins a comparison; an earlier one with the partner ends. Throws `partner.unknown`, or why the partner cannot be asked. */
  async begin(asked: Asked): Promise<string> {
    const { partner } = asked;
    if (this.#options.partners.agreement(partner) === undefined)
      throw new ChanceryError('partner.unknown', `no agreement with ${partner}; see chancery partner list`);
    for (const [id, current] of this.#current) if (current.asked.partner === partner) this.#end(id, current);
    const run = await this.#open(asked, true);
    this.#begun += 1;
    const id = String(this.#begun);
    const current: Current = { asked, run, timer: undefined, last: Promise.resolve() };
    this.#current.set(id, current);
    this.#watch(id, current);
    return id;
  }

  /** Goes on for half a second; the outcome once it is done. Throws `request.invalid` for one that ended. */
  async step(id: string): Promise<{ progress: Progress; outcome: Outcome | null }> {
    const current = this.#current.get(id);
    if (current === undefined)
      throw new ChanceryError('request.invalid', 'this comparison has ended; begin it anew');
    const stepped = current.last.then(() => this.#step(id, current));
    current.last = stepped.catch(() => undefined);
    return stepped;
  }

  /** A partner compares its log with ours: we compare ours with its, unless that was done not long ago. */
  inReturn(partner: string, range: TimeRange): void {
    const { clock, log } = this.#options;
    const now = clock();
    const last = this.#caused.get(partner) ?? -Infinity;
    if (this.#stopped || this.#inReturn !== undefined || now - last < IN_RETURN_EVERY_MS) return;
    this.#caused.set(partner, now);
    this.#inReturn = this.#whole({ partner, range, lateMs: LATE_MS, actor: partner })
      .catch((error: unknown) => log.info({ partner, err: error }, 'the archive was not compared in return'))
      .finally(() => {
        this.#inReturn = undefined;
      });
  }

  /** Ends what is under way; a partner that does not answer holds up nobody. */
  stop(): void {
    this.#stopped = true;
    for (const [id, current] of this.#current) this.#end(id, current);
    this.#returning?.abort(stopped());
  }

  async #whole(asked: Asked): Promise<void> {
    const run = await this.#open(asked, false);
    this.#returning = run;
    while (run.progress.phase !== 'done') {
      if (this.#stopped) {
        run.abort(stopped());
        return;
      }
      await this.#recordingFailure(asked, () => run.step());
    }
    await this.#conclude(asked, run);
  }

  /** Records that a comparison is made, and has the partner sign its log. */
  async #open(asked: Asked, mutual: boolean): Promise<Run> {
    const { partner, range, lateMs, actor } = asked;
    const detail = { partner, ...range, late: lateMs };
    await this.#options.ledger.administer(actor, 'archive.reconcile', JSON.stringify(detail));
    return this.#recordingFailure(asked, () =>
      Run.begin({ ...this.#options, partner, range, lateMs, mutual }),
    );
  }

  async #step(id: string, current: Current): Promise<{ progress: Progress; outcome: Outcome | null }> {
    const { clock } = this.#options;
    const { asked, run } = current;
    clearTimeout(current.timer);
    try {
      for (const began = clock(); run.progress.phase !== 'done' && clock() - began < STEP_MS;)
        await this.#recordingFailure(asked, () => run.step());
      if (run.progress.phase !== 'done') {
        this.#watch(id, current);
        return { progress: run.progress, outcome: null };
      }
      this.#current.delete(id);
      return { progress: run.progress, outcome: await this.#conclude(asked, run) };
    } catch (error) {
      this.#current.delete(id);
      throw error;
    }
  }

  async #recordingFailure<T>({ partner, actor }: Asked, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const failed = error instanceof ChanceryError ? error.code : 'internal';
      if (!this.#stopped)
        await this.#options.ledger.administer(
          actor,
          'archive.reconciled',
          JSON.stringify({ partner, failed }),
        );
      throw error;
    }
  }

  /** The outcome, once it is in the log. */
  async #conclude({ partner, actor }: Asked, run: Run): Promise<Outcome> {
    const { ledger, log } = this.#options;
    const { findings, log: theirs, isComplete: complete, progress } = run;
    const { counts, named } = findings;
    const agrees = findings.wrong === 0 && complete && theirs.state === 'consistent';
    const { size, state } = theirs;
    const root = toString(theirs.root, 'hex');
    const recorded = { partner, size, root, state, compared: progress.compared, complete, counts };
    const brief = named.map(({ state: what, message, here, there }) => [
      what,
      toString(message, 'hex'),
      here?.sequence ?? null,
      there?.sequence ?? null,
    ]);
    await ledger.administer(actor, 'archive.reconciled', JSON.stringify({ ...recorded, findings: brief }));
    if (!agrees)
      log.error(
        { partner, alarm: true, code: 'archive.unreconciled', state, complete, ...counted(counts) },
        `the archive and that of ${partner} do not agree; run chancery archive reconcile ${partner}`,
      );
    return { partner, theirs, compared: progress.compared, counts, findings: named, complete, agrees };
  }

  /** Ends a comparison that nobody goes on with. */
  #watch(id: string, current: Current): void {
    current.timer = setTimeout(() => this.#end(id, current), ABANDONED_MS);
    current.timer.unref();
  }

  #end(id: string, { run, timer }: Current): void {
    clearTimeout(timer);
    this.#current.delete(id);
    run.abort(stopped());
  }
}

function counted(counts: Outcome['counts']): Partial<Outcome['counts']> {
  return Object.fromEntries(
    FINDING_STATES.flatMap((state) => (counts[state] === 0 ? [] : [[state, counts[state]]])),
  );
}

function stopped(): ChanceryError {
  return new ChanceryError('request.invalid', 'the comparison was ended');
}
