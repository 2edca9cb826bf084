/**
 * Sees to it that each month has its window key in time, that every data key which can still be opened is wrapped for each
 * officer's device, and that a window key is destroyed when its window is over. Guarantees: none is destroyed while a data
 * key of its month is wrapped for no officer, or a message of it waits for a partner; then it stays, and that is an alarm.
 */
import type { Logger } from 'pino';
import type { DataKeys, Ledger, Members, Messages, OfficerDevice, Partners } from '../ledger/index.ts';
import { monthOf } from '../../protocol/archive/index.ts';
import { windowKeyName, type WindowKeys } from '../sealing/index.ts';
import { officerDevices } from './officers.ts';
import { isOver, monthsFrom } from './window.ts';

/** Milliseconds between two looks at what is to be done, beside those after a change of members or devices. */
const LOOK_EVERY_MS = 60 * 60 * 1000;

/** Why the key of a month whose window is over is still there, and what to do. */
export interface OverdueWindow {
  readonly month: string;
  readonly message: string;
}

export interface CustodyOptions {
  readonly ledger: Ledger;
  readonly dataKeys: DataKeys;
  readonly windows: WindowKeys;
  readonly members: Members;
  readonly partners: Partners;
  readonly messages: Messages;
  readonly deliveryDays: number;
  /** Another window key is there: whoever holds copies of the archive needs it too. */
  readonly onWindow: (keyName: string) => void;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: Logger;
}

export class Custody {
  readonly #options: CustodyOptions;
  #officers: readonly OfficerDevice[] = [];
  #overdue: readonly OverdueWindow[] = [];
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** How often a look was asked for. */
  #asked = 0;
  #stopped = false;

  constructor(options: CustodyOptions) {
    this.#options = options;
    options.ledger.watch((kinds) => {
      if (kinds.has('member') || kinds.has('device')) this.#lookSoon();
    });
  }

  /** The devices for which each new data key is wrapped. */
  get officers(): readonly OfficerDevice[] {
    return this.#officers;
  }

  /** Keys that should be gone, and what keeps them. */
  get overdue(): readonly OverdueWindow[] {
    return this.#overdue;
  }

  /** Makes the keys without which no message can be sealed: nothing else, as the log may not be written to yet. */
  async open(): Promise<void> {
    this.#officers = await officerDevices(this.#options.members);
    await this.#makeWindows();
  }

  /** Looks at once, and from then on whenever something changed and every hour. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => this.#lookSoon(), LOOK_EVERY_MS);
    this.#timer.unref();
    await this.look();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#running?.catch(() => undefined);
  }

  /** Does what is due now; resolves once a look that began after this call is over. */
  async look(): Promise<void> {
    this.#asked += 1;
    this.#running ??= this.#lookWhileAsked().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  async #lookWhileAsked(): Promise<void> {
    let answered: number;
    do {
      answered = this.#asked;
      await this.#lookOnce();
    } while (answered !== this.#asked);
  }

  #lookSoon(): void {
    if (this.#timer === undefined || this.#stopped) return;
    this.look().catch((error: unknown) => {
      this.#options.log.error({ err: error, alarm: true }, 'the keys of the archive could not be seen to');
    });
  }

  async #lookOnce(): Promise<void> {
    const { ledger, members, windows, deliveryDays, onWindow } = this.#options;
    this.#officers = await officerDevices(members);
    if (ledger.log.stopped !== undefined || this.#stopped) return;
    for (const month of await this.#makeWindows()) onWindow(windowKeyName(month));
    for (const month of windows.months) await this.#wrapMissing(month);
    const over = windows.months.filter((month) => isOver(month, deliveryDays, this.#now()));
    const overdue: OverdueWindow[] = [];
    for (const month of over) {
      const message = await this.#closeOrWhy(month);
      if (message !== undefined) overdue.push({ month, message });
    }
    this.#overdue = overdue;
  }

  /** What the log and the clock both say has passed: neither one that jumps ahead alone brings anything forward. */
  #now(): number {
    const { ledger, clock } = this.#options;
    return Math.min(clock(), ledger.log.head.time);
  }

  /** Returns the months whose keys were made. */
  async #makeWindows(): Promise<string[]> {
    const { ledger, windows, dataKeys } = this.#options;
    const missing = monthsFrom(ledger.log.now).filter(
      (month) => windows.get(month) === undefined && !dataKeys.isClosed(month),
    );
    for (const month of missing) await windows.make(month);
    return missing;
  }

  async #wrapMissing(month: string): Promise<void> {
    const { dataKeys } = this.#options;
    if (this.#officers.length === 0) return;
    const ids = (await dataKeys.ofMonth(month)).filter((id) => dataKeys.isOpen(id));
    for (const device of this.#officers) {
      const missing = ids.filter((id) => dataKeys.wrapFor(id, device.peer) === undefined);
      await dataKeys.wrapAll(missing, device);
    }
  }

  /** Destroys the key of a month whose window is over; or says why not. */
  async #closeOrWhy(month: string): Promise<string | undefined> {
    const { dataKeys, members, log } = this.#options;
    let message = await this.#undelivered(month);
    // last of all, and anew: an officer's device may have been revoked since, and this cannot be undone
    this.#officers = await officerDevices(members);
    message ??= await this.#unwrapped(month);
    if (message === undefined) {
      await dataKeys.close(month);
      log.info({ month }, 'the delivery window is over, and its key destroyed');
    } else log.error({ month, alarm: true }, message);
    return message;
  }

  async #unwrapped(month: string): Promise<string | undefined> {
    const { dataKeys } = this.#options;
    const bare = (await dataKeys.ofMonth(month)).filter(
      (id) =>
        dataKeys.isOpen(id) && this.#officers.every(({ peer }) => dataKeys.wrapFor(id, peer) === undefined),
    );
    return bare.length === 0
      ? undefined
      : `the delivery window of ${month} is over, but ${bare.length} of its conversations would open for nobody: no compliance officer has a device; give a member the role with chancery member update, and enrol a device`;
  }

  async #undelivered(month: string): Promise<string | undefined> {
    const { partners, messages, ledger } = this.#options;
    for (const { domain } of await partners.agreements()) {
      const [first] = await messages.outbox(domain, 0, 1);
      const time = first && ledger.log.entry(first.sequence)?.time;
      if (time !== undefined && monthOf(time) <= month)
        return `the delivery window of ${month} is over, but messages of it still wait for ${domain}; see chancery partner show ${domain}, or end the agreement`;
    }
    return undefined;
  }
}
