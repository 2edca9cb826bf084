/** Members who can neither write nor read: none of their devices is in force. */
import { affecting, bounded, dayOf, shellWord, type Gap } from './gap.ts';

/** An active member. Times in milliseconds since 1970. */
export interface WatchedMember {
  readonly address: string;
  /** Since when they are active. */
  readonly since: number;
  /** Of each device that they ever had, when it was in force last; empty for none. */
  readonly ended: readonly number[];
  /** How many are in force. */
  readonly devices: number;
}

export function memberGaps(members: readonly WatchedMember[]): readonly Gap[] {
  return bounded(
    members
      .filter(({ devices }) => devices === 0)
      .map(({ address, since, ended }) => ({
        kind: 'member-without-device',
        subject: address,
        severity: 'warning',
        since: Math.max(since, ...ended),
        ...affecting([address]),
        text: `${address} has no device in force`,
        mend: `chancery member invite ${shellWord(address)}`,
        evidence:
          ended.length === 0 ? 'never enrolled one' : `the last one ended ${dayOf(Math.max(...ended))}`,
      })),
  );
}
