/** What an officer asks another one to approve: one thing, named so that the approval is for nothing else. */
import { z } from 'zod';
import { count, milliseconds } from '../encoding/index.ts';
import { MAX_POLICY_BYTES } from '../policy/size.ts';
import { entriesOf, entryRunsShape } from './entry-runs.ts';

/** Holds of one matter that end at once. */
const MAX_RELEASED = 256;

/** Characters of a schedule's text, of what was sought, and of a reason. */
export const MAX_POLICY_LENGTH = 65_536;
const MAX_QUERY_LENGTH = 4_096;
const MAX_REASON_LENGTH = 1_024;

const said = z.string().regex(/\S/, 'says nothing').max(MAX_REASON_LENGTH);

const looking = {
  purpose: said,
  /** Empty where there is none. */
  case: z.string().max(128),
  /** What was sought, in the words of who asks. */
  query: z.string().max(MAX_QUERY_LENGTH),
  entries: entryRunsShape,
};

export const askedShape = z.discriminatedUnion('action', [
  /** To read these messages, or to hand them on. */
  z.strictObject({ action: z.literal('open'), ...looking }),
  z.strictObject({ action: z.literal('export'), ...looking }),
  /** That all holds of a matter end, which are these. */
  z.strictObject({
    action: z.literal('release'),
    matter: z.string().min(1).max(128),
    holds: z.array(count).min(1).max(MAX_RELEASED),
    reason: said,
  }),
  /** That what a person wrote is erased. */
  z.strictObject({ action: z.literal('erasure'), person: z.string().max(320), ground: said }),
  /** That what had to go by a time goes. */
  z.strictObject({ action: z.literal('disposal'), until: milliseconds, reason: said }),
  /** That messages are kept under these schedules from now on, although some are shorter than those in force. */
  z.strictObject({
    action: z.literal('retention'),
    policy: z.string().max(MAX_POLICY_LENGTH),
    reason: said,
  }),
  /** That this policy comes into force: the text of its file, as it is written. */
  z.strictObject({ action: z.literal('policy'), text: z.string().max(MAX_POLICY_BYTES), reason: said }),
]);

export type Asked = z.infer<typeof askedShape>;
export type AskedAction = Asked['action'];

/** What is asked for, in one line for who approves it. */
export function describeAsked(asked: Asked): string {
  switch (asked.action) {
    case 'open':
    case 'export': {
      const entries = entriesOf(asked.entries);
      const [first = 0, last = 0] = [entries[0], entries.at(-1)];
      const which =
        entries.length === 1 ? `entry ${first}` : `${entries.length} entries, ${first} to ${last}`;
      const sought = asked.query === '' ? '' : ` (${asked.query})`;
      const name = asked.case === '' ? '' : `, case ${asked.case}`;
      return `to ${asked.action} ${which}${sought}: ${asked.purpose}${name}`;
    }
    case 'release':
      return `to release ${asked.holds.length === 1 ? 'the hold' : `${asked.holds.length} holds`} for ${asked.matter}: ${asked.reason}`;
    case 'erasure':
      return `to erase what ${asked.person} wrote: ${asked.ground}`;
    case 'disposal':
      return `to dispose of what had to go by ${new Date(asked.until).toISOString()}: ${asked.reason}`;
    case 'retention':
      return `to bring weaker schedules or oversight into force: ${asked.reason}`;
    case 'policy':
      return `to bring another policy into force: ${asked.reason}`;
  }
}
