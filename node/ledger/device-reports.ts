/**
 * What devices reported of themselves, when they were last seen, and which of the revoked ones said that they are
 * wiped. A report is an entry of the log when it says something new, and once a day so that a restart forgets little.
 */
import type { KnownFacts } from '../../protocol/device/index.ts';
import { fact, put } from './fact.ts';
import type { Ledger } from './ledger.ts';
import type { RecordOf } from './records.ts';
import type { View } from './view.ts';

export type DeviceReport = RecordOf<'device-report'>;

/** Milliseconds after which a report that says nothing new is written all the same. */
const WRITE_EVERY_MS = 24 * 60 * 60 * 1000;

/** Devices whose last sight is kept to the millisecond; of others the day is known. */
const MAX_SEEN = 8_192;

export const deviceReportView: View<'device-report'> = ({ said, bytes }, { keys }) => [
  put(keys.deviceReport(said.peer), bytes),
];

export const deviceWipeView: View<'device-wipe'> = ({ said, bytes }, { keys }) => [
  put(keys.deviceWipe(said.peer), bytes),
];

export class DeviceReports {
  readonly #ledger: Ledger;
  readonly #seen = new Map<string, number>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** What the device with this peer id reported last. */
  of(peer: string): DeviceReport | undefined {
    return this.#ledger.view('device-report', this.#ledger.keys.deviceReport(peer));
  }

  /** Milliseconds: when it was last seen, as far as is known. */
  seen(peer: string): number | null {
    return this.#seen.get(peer) ?? this.of(peer)?.at ?? null;
  }

  /** Milliseconds: when it said that it is wiped. */
  wiped(peer: string): number | null {
    return this.#ledger.view('device-wipe', this.#ledger.keys.deviceWipe(peer))?.at ?? null;
  }

  sighted(peer: string, now: number): void {
    if (this.#seen.size >= MAX_SEEN && !this.#seen.has(peer)) this.#seen.clear();
    this.#seen.set(peer, now);
  }

  async report(peer: string, address: string, known: KnownFacts, now: number): Promise<void> {
    this.sighted(peer, now);
    const last = this.of(peer);
    if (last !== undefined && isSame(last.known, known) && now < last.at + WRITE_EVERY_MS) return;
    const report: DeviceReport = { peer, address, known, at: now };
    await this.#ledger.append([fact('device-report', report)]);
  }

  /** Notes, once, that a revoked device destroyed what it held. */
  async noteWiped(peer: string, address: string, now: number): Promise<void> {
    if (this.wiped(peer) !== null) return;
    await this.#ledger.append([fact('device-wipe', { peer, address, at: now })]);
  }
}

function isSame(one: KnownFacts, other: KnownFacts): boolean {
  return (
    one.attestedAt === other.attestedAt &&
    one.attested.join() === other.attested.join() &&
    Object.entries(one.facts).every(
      ([name, value]) => other.facts[name as keyof KnownFacts['facts']] === value,
    )
  );
}
