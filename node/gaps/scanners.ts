/** Scanners that do not answer, or let the test file pass that all scanners find: files are unscanned until they do. */
import type { ScannerHealth } from '../inspection/index.ts';
import { affecting, type Gap } from './gap.ts';

export function scannerGaps(scanners: readonly ScannerHealth[]): readonly Gap[] {
  return scanners.flatMap(({ name, health }): Gap[] =>
    health.ok
      ? []
      : [
          {
            kind: 'scanner-away',
            subject: name,
            severity: 'critical',
            since: null,
            ...affecting([`scanner ${name}`]),
            text: `the scanner ${name} finds nothing, and every file is unscanned: ${health.reason}; start it, or mend inspection.scanners in chancery.yaml`,
            mend: 'chancery gaps',
            evidence: 'it was given a file to scan',
          },
        ],
  );
}
