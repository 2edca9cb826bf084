/**
 * One comparison with a partner: first everything that it shows is held against what we hold, then what we hold and it did
 * not show is asked for, position by position. Guarantees: it goes on a page at a time and keeps no more than a bit a
 * message; what the partner hides is found by what it signed, or by what came from it.
 */
import { equals } from 'uint8arrays/equals';
import type { Logger } from 'pino';
import type { Entry } from '../../protocol/archive/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { MAX_SHOWN_ENTRIES, type ShownEntry } from '../../protocol/wire/index.ts';
import type { Exchanges, ExchangeRow, Ledger, Losses, Messages, ReceiptEvidence } from '../ledger/index.ts';
import type { PartnerLogs } from '../witness/index.ts';
import { Accuser, type LogState } from './accuser.ts';
import { Findings, type Finding } from './findings.ts';
import { Holdings, toldOf, type Held } from './held.ts';
import { whyLacking } from './lacking.ts';
import { judge, provenEntry, type Judge } from './judge.ts';
import { Session, type OpenReconcile } from './session.ts';
import { entriesWithin, type TimeRange } from '../archive/index.ts';

/** Entries shown that are none of ours after which a comparison is given up: a partner can make up any number of them. */
const MAX_UNMATCHED = 100_000;

export interface RunOptions {
  readonly domain: string;
  readonly partner: string;
  readonly range: TimeRange;
  /** Milliseconds that who receives a message may take to archive it. */
  readonly lateMs: number;
  /** Whether the partner is to compare as well. */
  readonly mutual: boolean;
  readonly ledger: Ledger;
  readonly messages: Messages;
  readonly exchanges: Exchanges;
  readonly losses: Losses;
  readonly partnerLogs: PartnerLogs;
  readonly evidence: ReceiptEvidence;
  readonly open: OpenReconcile;
  /** Our own statement key, under which our receipts verify. */
  readonly publicKey: Uint8Array;
  readonly suite: CryptoSuite;
  readonly log: Logger;
}

/** How far a comparison is: through the partner's log, then through ours. */
export interface Progress {
  readonly phase: 'theirs' | 'ours' | 'done';
  readonly at: number;
  readonly of: number;
  readonly compared: number;
}

export class Run {
  readonly findings = new Findings();
  readonly #options: RunOptions;
  readonly #session: Session;
  readonly #accuser: Accuser;
  readonly #holdings: Holdings;
  readonly #judge: Judge;
  /** How many entries we had when the partner signed its checkpoint. */
  readonly #size: number;
  /** One bit for each of our entries: whether the partner showed it. */
  readonly #shown: Uint8Array;
  #phase: Progress['phase'] = 'theirs';
  #next = 0;
  #compared = 0;
  #unmatched = 0;

  private constructor(options: RunOptions, session: Session, size: number, lost: Judge['lost']) {
    const { domain, partner, ledger, exchanges, losses, suite, lateMs } = options;
    this.#options = options;
    this.#session = session;
    this.#size = size;
    this.#shown = new Uint8Array(Math.ceil(size / 8));
    this.#accuser = new Accuser({ ...options, session });
    this.#holdings = new Holdings({ ledger, exchanges, losses, partner, size });
    const { checkpoint } = session;
    this.#judge = {
      domain,
      sha256: suite.sha256,
      size: checkpoint.size,
      root: checkpoint.root,
      lost,
      lateMs,
    };
  }

  /** Has the partner sign its log as it is, and holds that against what was known. Throws like {@link Session.begin}. */
  static async begin(options: RunOptions): Promise<Run> {
    const { open, partner, range, mutual, suite, ledger, losses, partnerLogs } = options;
    // both before the partner signs: what it signs then must cover them
    const { size } = ledger.log;
    const known = partnerLogs.known(partner);
    const lost = await losses.ofOurs();
    const session = await Session.begin(open, partner, { ...range, mutual }, suite);
    const run = new Run(options, session, size, lost);
    await run.#guard(() => run.#accuser.checkLog(known));
    return run;
  }

  get progress(): Progress {
    const of = this.#phase === 'theirs' ? this.#judge.size : this.#size;
    return { phase: this.#phase, at: Math.min(this.#next, of), of, compared: this.#compared };
  }

  /** The size and root of the partner's log, and how it stands to what it signed before. */
  get log(): { readonly size: number; readonly root: Uint8Array; readonly state: LogState } {
    const { size, root } = this.#judge;
    return { size, root, state: this.#accuser.state };
  }

  /** Whether everything was compared: not where the partner showed too much that is none of ours. */
  get isComplete(): boolean {
    return this.#unmatched <= MAX_UNMATCHED;
  }

  /** Compares a page. Throws what the stream broke with, or what the partner refused. */
  async step(): Promise<void> {
    await this.#guard(async () => {
      if (this.#phase === 'theirs') await this.#takePage();
      else if (this.#phase === 'ours') await this.#askPage();
    });
  }

  abort(reason: Error): void {
    this.#session.abort(reason);
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.abort(error as Error);
      throw error;
    }
  }

  async #takePage(): Promise<void> {
    const { entries, next } = await this.#session.page(this.#next);
    for (const shown of entries) await this.#take(shown);
    this.#next = next ?? 0;
    if (next === null || !this.isComplete) this.#begin('ours');
  }

  #begin(phase: 'ours'): void {
    this.#phase = phase;
    const [from] = entriesWithin(this.#options.ledger.log, this.#size, this.#options.range);
    this.#next = from;
  }

  /** One entry as the partner lists it. */
  async #take(shown: ShownEntry): Promise<void> {
    const proven = provenEntry(shown, this.#judge);
    const entry = proven.ok ? proven.value : proven.refusal.message;
    const found = this.#find(shown);
    if (found === 'damaged') return;
    if (found === undefined) return this.#lacking(shown, entry);
    const { held } = found;
    if (held !== undefined && !this.#mark(held.sequence)) return this.#compare(held, shown, entry);
    this.#unmatched += 1;
    const reason = held === undefined ? 'it was not exchanged with the partner' : 'it is shown twice';
    const told = held === undefined ? toldBy(shown) : toldOf(held);
    const there = { sequence: shown.position, time: proven.ok ? proven.value.time : null };
    this.findings.add({ ...told, there, state: 'different', reason });
  }

  /** What we hold of a message that is shown, if it was exchanged with the partner; damage is a finding. */
  #find(shown: ShownEntry): { held: Held | undefined } | 'damaged' | undefined {
    let sequence: number | undefined;
    try {
      sequence = this.#options.messages.position(shown.message);
      return sequence === undefined ? undefined : { held: this.#holdings.at(sequence) };
    } catch (error) {
      const there = { sequence: shown.position, time: null };
      this.#damaged(error, { ...toldBy(shown), there, state: 'different' }, sequence);
      return 'damaged';
    }
  }

  /** Holds what is shown, or why that proves nothing, against what we hold. */
  async #compare(held: Held, shown: ShownEntry, entry: Entry | string): Promise<void> {
    this.#compared += 1;
    const unproven = typeof entry === 'string';
    const judged = unproven
      ? { state: 'different' as const, reason: entry }
      : judge(shown, entry, held, this.#judge);
    if (judged.state === 'agreed') return;
    const there = { sequence: shown.position, time: unproven ? null : entry.time };
    this.findings.add({ ...toldOf(held), ...judged, state: judged.state, there });
    if (judged.state === 'different') await this.#accuser.accuse(held, unproven ? null : shown);
  }

  /** A message that the partner shows and that we do not hold. */
  async #lacking(shown: ShownEntry, entry: Entry | string): Promise<void> {
    this.#unmatched += 1;
    const unproven = typeof entry === 'string';
    const there = { sequence: shown.position, time: unproven ? null : entry.time };
    const lack = { ...this.#options, session: this.#session };
    const found = unproven ? { state: 'different' as const, reason: entry } : await whyLacking(shown, lack);
    this.findings.add({ ...toldBy(shown), ...found, there });
  }

  /** What we hold and the partner has not shown. */
  async #askPage(): Promise<void> {
    const { exchanges, partner, ledger, range } = this.#options;
    const [, to] = entriesWithin(ledger.log, this.#size, range);
    const rows = (await exchanges.rows(partner, this.#next, MAX_SHOWN_ENTRIES)).filter(
      ({ sequence }) => sequence < to,
    );
    const asked: { held: Held; position: number }[] = [];
    for (const row of rows) {
      if (this.#isShown(row.sequence)) continue;
      const held = this.#read(row);
      if (held === undefined) continue;
      if (held.said.state === 'archived') asked.push({ held, position: held.said.position });
      else this.#unanswered(held, held.said);
    }
    await this.#askFor(asked);
    const last = rows.at(-1);
    if (last !== undefined && rows.length === MAX_SHOWN_ENTRIES) this.#next = last.sequence + 1;
    else await this.#finish();
  }

  async #finish(): Promise<void> {
    this.#phase = 'done';
    this.#next = this.#size;
    await this.#session.close();
  }

  async #askFor(asked: readonly { held: Held; position: number }[]): Promise<void> {
    const within = asked.filter(({ position }) => position < this.#judge.size);
    const shown = within.length === 0 ? [] : await this.#session.at(within.map(({ position }) => position));
    const byPosition = new Map(shown.flatMap((one) => (one === null ? [] : [[one.position, one] as const])));
    for (const { held, position } of asked) {
      const there = byPosition.get(position);
      if (there === undefined) await this.#missing(held, position);
      else if (equals(there.message, held.message)) await this.#compareAsked(held, there);
      else await this.#replaced(held, there);
    }
  }

  async #compareAsked(held: Held, shown: ShownEntry): Promise<void> {
    const entry = provenEntry(shown, this.#judge);
    await this.#compare(held, shown, entry.ok ? entry.value : entry.refusal.message);
  }

  async #missing(held: Held, position: number): Promise<void> {
    this.#compared += 1;
    const reason = held.sent
      ? 'its receipt says that it is archived there, and its log does not show it'
      : 'it came from there, and its log does not show it';
    const there = { sequence: position, time: null };
    this.findings.add({ ...toldOf(held), state: 'missing-there', there, reason });
    await this.#accuser.accuse(held, null);
  }

  async #replaced(held: Held, shown: ShownEntry): Promise<void> {
    this.#compared += 1;
    const entry = provenEntry(shown, this.#judge);
    const there = { sequence: shown.position, time: entry.ok ? entry.value.time : null };
    const reason = 'its log shows another message in that place';
    this.findings.add({ ...toldOf(held), state: 'different', there, reason });
    await this.#accuser.accuse(held, entry.ok ? shown : null);
  }

  /** Of what was disposed of nothing is asked. */
  #unanswered(held: Held, said: Exclude<Held['said'], { state: 'archived' }>): void {
    if (held.disposed === true) return;
    this.#compared += 1;
    const found =
      said.state === 'refused'
        ? { state: 'refused' as const, reason: `the partner refused it: ${said.code}` }
        : { state: 'in-flight' as const, reason: 'it is on its way there' };
    this.findings.add({ ...toldOf(held), ...found, there: null });
  }

  /** Undefined for a damaged one, which is a finding. */
  #read(row: ExchangeRow): Held | undefined {
    try {
      return this.#holdings.of(row);
    } catch (error) {
      const here = { sequence: row.sequence, time: null };
      const unknown = {
        message: new Uint8Array(0),
        sent: false,
        conversation: null,
        sender: null,
        there: null,
      };
      this.#damaged(error, { ...unknown, here, state: 'different' }, row.sequence);
      return undefined;
    }
  }

  /** Our own entry of a message cannot be read: named once, by whichever way it was come upon. */
  #damaged(error: unknown, finding: Omit<Finding, 'reason'>, sequence: number | undefined): void {
    if (!(error instanceof ChanceryError) || error.code !== 'archive.damaged') throw error;
    const named = sequence ?? error.facts['sequence'];
    if (typeof named === 'number') this.#mark(named);
    this.#compared += 1;
    this.findings.add({ ...finding, reason: error.message });
  }

  #isShown(sequence: number): boolean {
    return ((this.#shown[sequence >> 3] ?? 0) & (1 << (sequence & 7))) !== 0;
  }

  /** Tells whether it was marked before. Entries that came after the comparison began are not. */
  #mark(sequence: number): boolean {
    const before = this.#isShown(sequence);
    const byte = sequence >> 3;
    if (byte < this.#shown.length) this.#shown[byte] = (this.#shown[byte] ?? 0) | (1 << (sequence & 7));
    return before;
  }
}

/** What is known of a message by the word of who shows it. */
function toldBy({
  message,
  sent,
}: ShownEntry): Pick<Finding, 'message' | 'sent' | 'conversation' | 'sender' | 'here'> {
  return { message, sent: !sent, conversation: null, sender: null, here: null };
}
