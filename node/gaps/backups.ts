/** Backups of the archive that are old or were never made, and keys that nobody has a copy of. */
import { affecting, DAY_MS, dayOf, shellWord, type Gap } from './gap.ts';

/** Milliseconds after which a backup is old, and after which that is critical. */
const OLD_MS = 7 * DAY_MS;
const CRITICAL_MS = 30 * DAY_MS;

/** Times in milliseconds since 1970. */
export interface Backups {
  /** The home of the node. */
  readonly home: string;
  readonly last: { readonly directory: string; readonly time: number; readonly size: number } | null;
  /** Private keys of which no copy was ever made, and whether each is under a passphrase: without one none leaves the home. */
  readonly uncopied: readonly { readonly name: string; readonly isProtected: boolean }[];
  /** When the archive began. */
  readonly began: number;
}

/** @param now milliseconds since 1970 */
export function backupGaps(now: number, { home, last, uncopied, began }: Backups): Gap[] {
  const since = last?.time ?? began;
  const old: Gap[] =
    last !== null && now - last.time <= OLD_MS
      ? []
      : [
          {
            kind: 'backup-old',
            subject: '',
            severity: now - since > CRITICAL_MS ? 'critical' : 'warning',
            since,
            ...affecting(['the archive']),
            text:
              last === null
                ? 'no backup of the archive was ever made; best to a folder on another disk'
                : `the last backup is of ${dayOf(last.time)}; best make one every day`,
            mend: `chancery backup ${shellWord(last?.directory ?? `${home}-backup`)}`,
            evidence: last === null ? 'none is on record' : `${last.size} entries at ${last.directory}`,
          },
        ];
  if (uncopied.length === 0) return old;
  const isBare = uncopied.some(({ isProtected }) => !isProtected);
  return [
    ...old,
    {
      kind: 'key-not-copied',
      subject: '',
      severity: 'warning',
      since: null,
      ...affecting(uncopied.map(({ name }) => `key ${name}`)),
      text:
        'without these keys a backup of the archive opens to nobody; ' +
        (isBare
          ? 'before they can be copied, stop the node and put them under a passphrase'
          : 'best copy them to a medium that is locked away'),
      mend: isBare ? 'chancery key protect' : `chancery key backup ${shellWord(`${home}-keys`)}`,
      evidence: 'no copy of them is on record',
    },
  ];
}
