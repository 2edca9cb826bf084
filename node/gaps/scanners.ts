/** Programs that look for malware, and do not find what all of them find. */
import { affecting, bounded, type Gap } from './gap.ts';

/** A scanner that is set up, as the test file was just put to it. */
export interface WatchedScanner {
  readonly name: string;
  /** Why it did not find that; null where it did. */
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
      evidence: 'the EICAR test file was put to it',
    })),
  );
}
