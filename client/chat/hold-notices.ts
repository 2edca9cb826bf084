/** How a member is told of legal holds that name them, and says that they were. */
import type { Client, HoldNotice } from '../index.ts';
import { printable, printableLines } from './printable.ts';
import type { Voice } from './voice.ts';

/** What stands under the words of a notice, before each line of them. */
const INDENT = '    ';

/** A notice as it is shown: for what, and the words of who placed the hold. Printable. */
export function holdNoticeText({ hold, matter, text }: HoldNotice): string {
  return `Legal hold ${hold} for ${printable(matter)}:\n${INDENT}${printableLines(text, INDENT)}`;
}

/** Tells whoever runs a command of each hold, until it is acknowledged; with `accept` they are from now on. */
export async function tellOfHolds(client: Client, voice: Voice, accept: boolean): Promise<void> {
  const notices = client.holdNotices;
  for (const notice of notices) {
    for (const line of holdNoticeText(notice).split('\n')) voice.note(line);
    if (accept) await client.acknowledgeHold(notice.hold);
  }
  if (notices.length > 0 && !accept)
    voice.note('To acknowledge that, and not be told again: add --accept-hold');
}
