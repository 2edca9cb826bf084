/** A program that looks for malware, and what it says. Guarantees: what was not looked at is `failed`, never `clean`. */
export interface Scanner {
  /** As the organisation names it. */
  readonly name: string;
  /** Has all bytes of a file looked at. Never rejects. */
  readonly scan: (bytes: Uint8Array) => Promise<Verdict>;
  /** Whether it answers, and finds the test file that all scanners find. Never rejects. */
  readonly check: () => Promise<Health>;
}

export interface Verdict {
  readonly state: 'clean' | 'infected' | 'failed';
  /** Of the malware, or why the scan failed. */
  readonly name?: string;
  /** Which program with which signatures said so, as it names itself; empty where it did not come to that. */
  readonly engine: string;
}

export type Health =
  { readonly ok: true; readonly engine: string } | { readonly ok: false; readonly reason: string };

/** What a scanner's verdict on the test file says of it. */
export function healthOf({ state, name, engine }: Verdict): Health {
  if (state === 'infected') return { ok: true, engine };
  const reason =
    state === 'failed' ? (name ?? 'failed') : 'does not find the EICAR test file; look at what it scans for';
  return { ok: false, reason };
}

/** Where a scanner listens: a TCP port, or a Unix socket. */
export type ScannerAddress = { readonly host: string; readonly port: number } | { readonly path: string };

export interface ScannerLimits {
  /** Milliseconds for one file, all told. */
  readonly withinMs: number;
  /** Bytes of the largest file that is handed over. Larger ones fail: what a scanner cuts off it does not look at. */
  readonly maxBytes: number;
}

/** Those that hold where an organisation says nothing; clamd's own default for `StreamMaxLength` is as large. */
export const SCANNER_LIMITS: ScannerLimits = { withinMs: 60_000, maxBytes: 25 * 1024 * 1024 };

/** Characters of what a scanner says that are kept. */
const MAX_SAID = 200;

/** What a scanner says, fit to be shown. */
export function said(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
    .trim()
    .slice(0, MAX_SAID);
}

/** Why a scan failed, in a verdict's place for a name. */
export function failedScan(error: unknown, engine = ''): Verdict {
  return { state: 'failed', name: said(error instanceof Error ? error.message : String(error)), engine };
}

export function tooLarge(scanner: string, maxBytes: number): Verdict {
  return failedScan(`the file has more than ${maxBytes} bytes, the most that ${scanner} is given`);
}
