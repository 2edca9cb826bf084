/** Of an export of what is held about one person: that each entry beside the messages is about them, and on record. */
import type { AccessRecord } from '../archive/index.ts';
import type { Finding } from './finding.ts';
import { RECORDS, type ExportManifest } from './manifest.ts';

/** That the log says of each such entry that it was handed out for this, and of no other. */
export function checkAbout(
  { about }: Pick<ExportManifest, 'about'>,
  own: readonly AccessRecord[],
): Finding[] {
  const listed = new Set(about?.entries ?? []);
  const handedOut = new Set(own.flatMap(({ part, entries }) => (part === 'about' ? entries : [])));
  const told = (entry: number, problem: string): Finding => ({ file: RECORDS, entry, problem });
  return [
    ...[...handedOut]
      .filter((entry) => !listed.has(entry))
      .map((entry) => told(entry, `entry ${entry} was handed out for this, and is left out`)),
    ...[...listed]
      .filter((entry) => !handedOut.has(entry))
      .map((entry) => told(entry, `no record says that entry ${entry} was handed out`)),
  ];
}
