/**
 * Whether scanners look. Guarantees: one that answers no more is noticed at once; the test file, over which alarms may go off
 * elsewhere, is given to each no more than once an hour while it finds it, unless somebody asks for it.
 */
import { said, type Health, type Scanner } from './scanner.ts';

/** Milliseconds for which a scanner that found the test file is taken to find what it knows. */
const PROVEN_MS = 3_600_000;

/** What nobody minds. */
const HARMLESS = new TextEncoder().encode('nothing');

export interface ScannerHealth {
  readonly name: string;
  readonly health: Health;
}

export class ScannerWatch {
  readonly #scanners: readonly Scanner[];
  /** Milliseconds; never goes back. */
  readonly #now: () => number;
  /** When each was last seen to find the test file. */
  readonly #proven = new Map<string, number>();

  constructor(scanners: readonly Scanner[], now: () => number) {
    this.#scanners = scanners;
    this.#now = now;
  }

  look(): Promise<readonly ScannerHealth[]> {
    return Promise.all(
      this.#scanners.map(async (scanner) => ({ name: scanner.name, health: await this.#healthOf(scanner) })),
    );
  }

  /** The same by the test file, whenever that was found. */
  prove(): Promise<readonly ScannerHealth[]> {
    return Promise.all(
      this.#scanners.map(async (scanner) => ({ name: scanner.name, health: await this.#prove(scanner) })),
    );
  }

  async #prove(scanner: Scanner): Promise<Health> {
    const health = await scanner.check();
    if (health.ok) this.#proven.set(scanner.name, this.#now());
    else this.#proven.delete(scanner.name);
    return health;
  }

  async #healthOf(scanner: Scanner): Promise<Health> {
    const proven = this.#proven.get(scanner.name) ?? -Infinity;
    if (this.#now() - proven >= PROVEN_MS) return this.#prove(scanner);
    const { state, name, engine } = await scanner.scan(HARMLESS);
    if (state === 'clean') return { ok: true, engine };
    this.#proven.delete(scanner.name); // it shows anew that it finds the test file
    return {
      ok: false,
      reason: state === 'failed' ? said(name ?? 'failed') : 'finds malware where there is none',
    };
  }
}
