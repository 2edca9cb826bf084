/** Messages as a policy looks at them, for tests: ordinary ones between Alice and Bob but for what a test says. */
import { fromString } from 'uint8arrays/from-string';
import type { Level, Participant, Talk, TalkFile, TalkLink } from '../../protocol/policy/index.ts';

/** What is unusual of a message. */
export interface Told {
  readonly text?: string;
  readonly direction?: 'out' | 'in';
  /** Between two of our own. */
  readonly isInside?: boolean;
  /** Who receives it, of what we write. */
  readonly receiver?: string;
  readonly senderRoles?: readonly string[];
  readonly file?: Partial<TalkFile>;
  readonly link?: Partial<TalkLink>;
  readonly isFirst?: boolean;
  readonly imitates?: 'domain' | 'name';
  readonly level?: Level;
  /** Tells two apart that say the same. */
  readonly number?: number;
}

export function talkOf(told: Told): Talk {
  const { text = '', direction = 'out', isInside = false, file, link, number = 0 } = told;
  const alice = participant('alice@acme.test', told.senderRoles);
  const other = participant(isInside ? 'adam@acme.test' : (told.receiver ?? 'bob@partner.test'));
  const [sender, receiver] = direction === 'out' ? [alice, other] : [other, alice];
  return {
    id: fromString(String(number)),
    ...{ direction, sender, receivers: [receiver], ownDomain: 'acme.test', conversation: 'direct' },
    time: Date.UTC(2026, 4, 4, 12),
    leastLevel: told.level ?? (isInside ? 'own' : 'dnssec'),
    texts: [{ place: 'text', text }],
    files: file === undefined ? [] : [{ ...PLAIN_FILE, ...file }],
    firstContact: () => told.isFirst === true,
    imitated: (by) => (told.imitates === by ? 'boss@acme.test' : null),
    links: () => (link === undefined ? [] : [{ ...PLAIN_LINK, ...link }]),
  };
}

const PLAIN_FILE: TalkFile = {
  ...{ name: 'notes.pdf', types: ['application/pdf'], bytes: 1_000, states: [], texts: [] },
};

const PLAIN_LINK: TalkLink = {
  ...{ host: 'www.partner.test', place: 'text', start: 0, end: 10 },
  ...{ mismatched: false, deceptive: false, lookalike: null },
};

function participant(address: string, roles: readonly string[] = []): Participant {
  return { address, domain: address.slice(address.indexOf('@') + 1), roles };
}
