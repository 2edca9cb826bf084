/**
 * What is known of files by their digest: what inspection and scanners found. Guarantees: a file that many send is looked at
 * once; what failed for want of room is not kept, what failed otherwise not for long; texts go when they are released.
 */
import { notInspected, type Declared, type Inspection, type Text } from './inspection.ts';
import type { Scanner, Verdict } from './scanners/scanner.ts';
import { Turns } from './turns.ts';

/** Files whose findings are kept; the one that was longest not asked for gives way. */
const MAX_FILES = 1_000;

/** Characters of text kept of all files together: some 64 MiB. Those of the file longest not asked for go first. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

/** Milliseconds that findings hold: signatures of malware are renewed by the hour. */
const KEPT_MS = 3_600_000;

/** Milliseconds that a failure holds: no retry costs a worker's time at once, and a scanner may be back soon. */
const FAILURE_KEPT_MS = 60_000;

/** Files whose bytes are in memory at a time, and how many wait for that. */
const FILES_AT_A_TIME = 4;
const MAX_WAITING = 256;

/** Reasons that are about this node, not about the file. */
const PASSING = new Set(['busy', 'stopped', 'unread']);

export interface AttachedFile extends Declared {
  /** SHA-256 of its bytes. */
  readonly digest: Uint8Array;
}

export interface ScannerVerdict extends Verdict {
  /** The name of the scanner. */
  readonly scanner: string;
}

export interface Findings {
  readonly inspection: Omit<Inspection, 'texts' | 'found'>;
  /** Null once they were released. */
  readonly texts: readonly Text[] | null;
  /** What policies look for in them; goes with them. */
  readonly found?: Inspection['found'];
  /** One for each scanner. */
  readonly verdicts: readonly ScannerVerdict[];
}

export interface FileFindingsOptions {
  /** As of {@link InspectionPool}. */
  readonly inspect: (bytes: Uint8Array, declared: Declared) => Promise<Inspection>;
  readonly scanners: readonly Scanner[];
  /** Milliseconds; never goes back. */
  readonly now: () => number;
  readonly maxFiles?: number;
  readonly maxCharacters?: number;
}

interface Kept {
  readonly findings: Findings;
  readonly until: number;
}

export class FileFindings {
  readonly #options: FileFindingsOptions;
  readonly #turns = new Turns(FILES_AT_A_TIME, MAX_WAITING);
  /** The last asked for comes last. */
  readonly #kept = new Map<string, Kept>();
  readonly #pending = new Map<string, Promise<Findings>>();
  #characters = 0;

  constructor(options: FileFindingsOptions) {
    this.#options = options;
  }

  /**
   * What is in a file, looked into where that is not known, or its texts are gone. Never rejects: where `read` does, the
   * inspection and every verdict are failed, and `isPassing`.
   * @param read gives the bytes of the file; called when its turn comes, and only where it is needed
   */
  find(file: AttachedFile, read: () => Promise<Uint8Array>): Promise<Findings> {
    const key = keyOf(file);
    const known = this.get(file);
    if (known !== undefined && known.texts !== null) return Promise.resolve(known);
    const pending = this.#pending.get(key) ?? this.#look(key, file, read);
    this.#pending.set(key, pending);
    return pending;
  }

  /** What is known now, for a decision that cannot wait; undefined where it is not known. */
  get(file: AttachedFile): Findings | undefined {
    const key = keyOf(file);
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#drop(key);
    if (kept.until <= this.#options.now()) return undefined;
    this.#keep(key, kept);
    return kept.findings;
  }

  /** Lets go of the texts of a file, once its message was decided on. */
  release(file: AttachedFile): void {
    const key = keyOf(file);
    const kept = this.#kept.get(key);
    if (kept !== undefined) this.#replace(key, withoutTexts(kept));
  }

  async #look(key: string, { name, type }: AttachedFile, read: () => Promise<Uint8Array>): Promise<Findings> {
    const { inspect, now } = this.#options;
    const known = this.#kept.get(key); // only its texts are gone
    const turn = this.#turns.take(async (): Promise<Findings> => {
      const bytes = await read();
      const [{ texts, found, ...inspection }, verdicts] = await Promise.all([
        inspect(bytes, { name, type }),
        known?.findings.verdicts ?? this.#scan(bytes),
      ]);
      return { inspection, texts, verdicts, ...(found === undefined ? {} : { found }) };
    });
    const found = await turn.catch(() => this.#failure('unread'));
    const findings = found ?? this.#failure('busy');
    this.#pending.delete(key);
    if (isPassing(findings)) return findings;
    const isFailure =
      findings.inspection.failed !== null || findings.verdicts.some(({ state }) => state === 'failed');
    const until = Math.min(known?.until ?? Infinity, now() + (isFailure ? FAILURE_KEPT_MS : KEPT_MS));
    this.#drop(key);
    this.#keep(key, { findings, until });
    this.#makeRoom();
    return findings;
  }

  #scan(bytes: Uint8Array): Promise<readonly ScannerVerdict[]> {
    const { scanners } = this.#options;
    return Promise.all(
      scanners.map(async (scanner) => ({ ...(await scanner.scan(bytes)), scanner: scanner.name })),
    );
  }

  #failure(reason: string): Findings {
    const { texts, ...inspection } = notInspected(reason);
    const verdicts = this.#options.scanners.map(({ name: scanner }): ScannerVerdict => {
      return { scanner, state: 'failed', name: reason, engine: '' };
    });
    return { inspection, texts, verdicts };
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.set(key, kept);
    this.#characters += charactersOf(kept);
  }

  #drop(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    this.#characters -= charactersOf(kept);
  }

  /** In its place, which says when it was last asked for. */
  #replace(key: string, kept: Kept): void {
    const before = this.#kept.get(key);
    this.#characters += charactersOf(kept) - (before === undefined ? 0 : charactersOf(before));
    this.#kept.set(key, kept);
  }

  #makeRoom(): void {
    const { maxFiles = MAX_FILES, maxCharacters = MAX_CHARACTERS } = this.#options;
    for (const key of this.#kept.keys()) {
      if (this.#kept.size <= maxFiles) break;
      this.#drop(key);
    }
    for (const [key, kept] of this.#kept) {
      if (this.#characters <= maxCharacters) return;
      this.#replace(key, withoutTexts(kept));
    }
  }
}

/** Whether it says nothing of the file, but that this node could not look into it now. */
export function isPassing({ inspection: { failed } }: Findings): boolean {
  return failed !== null && PASSING.has(failed);
}

/** The same bytes under another name or type are another finding: a name can be a risk. */
function keyOf({ digest, name, type }: AttachedFile): string {
  return JSON.stringify([Buffer.from(digest).toString('hex'), name, type]);
}

function withoutTexts({ until, findings: { inspection, verdicts } }: Kept): Kept {
  return { until, findings: { inspection, verdicts, texts: null } };
}

function charactersOf({ findings: { texts } }: Kept): number {
  return (texts ?? []).reduce((sum, { text }) => sum + text.length, 0);
}
