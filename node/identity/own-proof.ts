/**
 * The DNSSEC proof of our own domain, which every bundle carries: fetched at start, and again well before it ends.
 * While DNS cannot be reached, the last good one is kept: partners judge for themselves how long it holds.
 */
import type { Logger } from 'pino';
import type { VerificationContext } from '../../protocol/identity/index.ts';
import type { DnsClient } from '../dns/index.ts';
import { findDomain, type FoundDomain } from './domain-lookup.ts';

/** Milliseconds between two looks: a day's signatures are renewed in time, and a mended zone is soon noticed. */
const EVERY_MS = 3_600_000;
const AFTER_FAILURE_MS = 60_000;

export interface OwnProofOptions {
  readonly domain: string;
  /** The root in force. */
  readonly rootId: () => string;
  readonly dns: DnsClient;
  readonly context: VerificationContext;
  readonly clock: () => number;
  readonly log: Logger;
  /** Called with what was found each time that it names the root in force. */
  readonly onFound: (found: FoundDomain) => Promise<void>;
}

export class OwnProof {
  readonly #options: OwnProofOptions;
  #found: FoundDomain | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: OwnProofOptions) {
    this.#options = options;
  }

  /** The proof to carry now; null where the domain has none. */
  get proof(): Uint8Array | null {
    return this.#found?.proof ?? null;
  }

  /** What DNS says of our own domain; undefined before it was first reached. */
  get found(): FoundDomain | undefined {
    return this.#found;
  }

  /** Looks once, and from then on by itself. Never throws: a node runs without DNS, at a lower level. */
  async start(): Promise<void> {
    const found = await this.#look().catch((error: unknown) => {
      this.#options.log.error({ err: error }, 'what DNS says of the own domain could not be recorded');
      return false;
    });
    const delay = found ? EVERY_MS : AFTER_FAILURE_MS;
    if (this.#stopped) return;
    clearTimeout(this.#timer); // of a look that overlapped with this one
    this.#timer = setTimeout(() => void this.start(), delay);
    this.#timer.unref();
  }

  /** Looks now, whenever the next look was due. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    await this.start();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<boolean> {
    const { domain, rootId, dns, context, clock, log, onFound } = this.#options;
    const found = await findDomain(domain, dns, context, Math.floor(clock() / 1000));
    if (!found.ok) {
      log.warn({ code: found.refusal.code }, `own domain not proven: ${found.refusal.message}`);
      return false;
    }
    const { current, next } = found.value.records;
    if (current.id !== rootId() && next?.id !== rootId()) {
      log.error({ alarm: true }, `DNS names another root for ${domain}; run chancery doctor`);
      return false;
    }
    this.#found = found.value;
    await onFound(found.value);
    return true;
  }
}
