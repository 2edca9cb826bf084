/**
 * Sees to it that periods in which nothing could be recorded are on record themselves. Guarantees: such a period is an entry
 * of the log as soon as that takes entries again, before whatever is recorded next; none is told shorter than it was but by
 * less than a minute; a restart of the node in between loses none.
 */
import type { Logger } from 'pino';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { fact, type AbsenceRecord, type AppendObserver, type Ledger } from '../ledger/index.ts';
import { RecordingMark, type Mark } from './mark.ts';
import { CLOCK_TOLERANCE_MS, recordable, type Stretch } from './missing.ts';

/** Milliseconds between two looks: whether the log was stopped, and whether what is missing can be recorded by now. */
const LOOK_EVERY_MS = 10_000;

/** Milliseconds between two marks. */
const MARK_EVERY_MS = 60_000;

/** Refusals of the archive that say nothing about what it can record. */
const NO_ABSENCE: ReadonlySet<string> = new Set([
  'archive.closed', // the node ends: the mark tells
  'archive.unavailable', // for a moment, while the database is put right
  'archive.retained',
  'archive.held',
]);

/** The beginning of one, while it goes on. */
interface Begun {
  readonly from: number;
  readonly reason: AbsenceRecord['reason'];
  readonly codes: Set<string>;
  readonly setBack: number;
  readonly detail: string;
  /** How long it had lasted when the steady clock said `steady`; null where that is not known. */
  readonly before: number | null;
  readonly steady: number;
}

export interface RecordingOptions {
  readonly ledger: Ledger;
  /** The file of the mark. */
  readonly file: string;
  /** Milliseconds since 1970; may jump. */
  readonly clock: () => number;
  /** Milliseconds since some time; cannot be set. */
  readonly steady: () => number;
  readonly logger: Logger;
}

export class Recording implements AppendObserver {
  readonly #options: RecordingOptions;
  readonly #mark: RecordingMark;
  /** Over, and not recorded. */
  #over: Stretch[] = [];
  #begun: Begun | undefined;
  #writing = false;
  #marked = -Infinity;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  /** From now on it stands before every append. Throws what the system says where the mark cannot be opened. */
  constructor(options: RecordingOptions) {
    this.#options = options;
    this.#mark = new RecordingMark(options.file);
    const { damaged, found } = this.#mark;
    if (damaged)
      options.logger.error(
        { alarm: true, file: options.file },
        'the mark that tells when recording was possible was damaged; it is made anew',
      );
    if (options.ledger.log.size > 0) this.#opened(found);
    options.ledger.observe(this);
  }

  /** Since when nothing can be recorded (milliseconds), and why; undefined where all is in order. */
  get missing(): { readonly from: number; readonly reason: AbsenceRecord['reason'] } | undefined {
    const [first] = this.#stretches();
    return first;
  }

  /** The log may be written to, as far as is known: records what is missing, and looks from now on by itself. */
  start(): void {
    const { ledger, steady } = this.#options;
    if (ledger.log.stopped === undefined && this.#due().length === 0) this.recorded();
    this.look();
    this.#timer ??= setInterval(() => {
      this.look();
    }, LOOK_EVERY_MS).unref();
    if (steady() - this.#marked >= MARK_EVERY_MS) this.#write(false);
  }

  /** The mark tells from now on that the node ended in order. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#timer);
    this.look();
    this.#write(true);
    this.#mark.close();
  }

  /** Whether the log is stopped by now, and whether what is missing can be recorded. */
  look(): void {
    const { ledger, steady } = this.#options;
    const { stopped } = ledger.log;
    if (stopped !== undefined) this.#refusedWith(stopped.code);
    else this.before();
    if (steady() - this.#marked >= MARK_EVERY_MS) this.#write(false);
  }

  before(): void {
    if (this.#writing || (this.#begun === undefined && this.#over.length === 0)) return;
    const due = this.#due();
    if (due.length === 0) return;
    const { ledger, logger } = this.#options;
    this.#writing = true;
    // asked for in the same turn as what is appended next, it stands before that in the log
    ledger
      .append(due.map((absence) => fact('absence', absence)))
      .then(
        () => logger.warn({ alarm: true, absences: due }, 'nothing could be recorded for a while'),
        () => undefined, // the reason was told, and it is tried again
      )
      .finally(() => (this.#writing = false));
  }

  recorded(): void {
    this.#over = [];
    this.#begun = undefined;
  }

  refused(error: unknown): void {
    if (error instanceof ChanceryError && error.code.startsWith('archive.')) this.#refusedWith(error.code);
  }

  /** What of the time before this start is missing. */
  #opened(found: Mark | undefined): void {
    const { ledger, clock, steady } = this.#options;
    const [now, { head }] = [clock(), ledger.log];
    const setBack = (found?.at ?? head.time) - now;
    const isSetBack = setBack > CLOCK_TOLERANCE_MS;
    const pending = found?.pending ?? null;
    if (found !== undefined && pending !== null) {
      const { from, lasted, codes } = pending;
      const reason = codes.length > 0 ? 'archive-refused' : 'node-down';
      const detail = 'before the node ended; it may have been started and stopped meanwhile';
      this.#over.push({ from, until: found.at, lasted, reason, codes, setBack: 0, detail });
    }
    this.#begun = {
      from: Math.max(found?.at ?? 0, head.time),
      reason: found === undefined ? 'started-without-mark' : 'node-down',
      codes: new Set(),
      setBack: isSetBack ? setBack : 0,
      detail: detailOf(found, this.#mark.damaged) + (isSetBack ? setBackText(now) : ''),
      before: found === undefined || isSetBack ? null : Math.max(0, now - found.at),
      steady: steady(),
    };
  }

  #refusedWith(code: string): void {
    if (NO_ABSENCE.has(code)) return;
    if (this.#begun?.reason === 'archive-refused') {
      this.#begun.codes.add(code);
      return;
    }
    this.#over = this.#stretches();
    const { ledger, steady } = this.#options;
    this.#begun = {
      from: ledger.log.now,
      reason: 'archive-refused',
      codes: new Set([code]),
      setBack: 0,
      detail: 'the node was up, and its archive took nothing',
      before: 0,
      steady: steady(),
    };
  }

  /** All of them, as they would be if they were over now. */
  #stretches(): Stretch[] {
    if (this.#begun === undefined) return this.#over;
    const { ledger, steady } = this.#options;
    const { before, steady: since, codes, ...begun } = this.#begun;
    const lasted = before === null ? null : Math.round(before + steady() - since);
    const until = Math.max(begun.from, ledger.log.now);
    return [...this.#over, { ...begun, codes: [...codes], until, lasted }];
  }

  #due(): AbsenceRecord[] {
    return recordable(this.#stretches(), this.#options.ledger.log.head.time);
  }

  #write(stopped: boolean): void {
    const { clock, steady, logger, file } = this.#options;
    const stretches = this.#stretches();
    const [first] = stretches;
    const codes = [...new Set(stretches.flatMap((one) => one.codes))];
    const lasted = stretches.some((one) => one.lasted === null)
      ? null
      : stretches.reduce((sum, one) => sum + (one.lasted ?? 0), 0);
    try {
      this.#mark.write({ at: clock(), stopped, pending: first ? { from: first.from, lasted, codes } : null });
      this.#marked = steady();
    } catch (error) {
      logger.error({ err: error, alarm: true, file }, 'the mark of recording could not be written');
    }
  }
}

function detailOf(found: Mark | undefined, damaged: boolean): string {
  if (found === undefined)
    return `the mark that tells when the node was last up was ${damaged ? 'damaged' : 'missing'}: unknown since the last entry`;
  if (found.stopped) return 'the node was stopped in order';
  return 'the node ended without notice, a minute at most after it was last known to be up';
}

function setBackText(now: number): string {
  return `; the clock had been set back, to ${new Date(now).toISOString()}: nobody knows how long it was`;
}
