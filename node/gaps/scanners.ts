/** Programs that look for malware, and do not find what all of them find. */
import { affecting, bounded, type Gap } from './gap.ts';

/** A scanner that is set up, as it was just tried. */
export interface WatchedScanner {
  readonly name: string;
  /** Why it does not look for malware, as far as is known; null where it does. */
  readonly problem: string | null;
}

export function scannerGaps(scanners: readonly WatchedScanner[]): readonly Gap[] {
  const blind = scanners.filter((scanner) => scanner.problem !== null);
  return bounded(
    blind.map(({ name, problem }) => ({
      kind: 'scanner-blind',
      subject: name,
      severity: 'critical',
      since: null,
      ...affecting(['every file']),
      text: `scanner ${name} does not find malware: ${problem ?? ''}; start it, or mend inspection.scanners, then try again`,
      mend: 'chancery gaps canary',
      evidence: 'it was given a file to scan',
    })),
  );
}
