/**
 * Messages by what they say and by all else that a query can ask for, by the index of the archive: they are found when nobody
 * here can open them any more. Guarantees: what is asked for is on record before anything that was found is told.
 */
import { toString } from 'uint8arrays/to-string';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { Query } from '../../protocol/search/index.ts';
import type { DeviceRequest, Sought } from '../../protocol/wire/index.ts';
import type { Ledger, Messages } from '../ledger/index.ts';
import { conversationNamed, Search, type SearchIndex } from '../search/index.ts';
import { foundAt, type Found } from './search.ts';

type Request = Extract<DeviceRequest, { type: 'archive-find' }>;

export interface QueryOptions {
  readonly ledger: Ledger;
  readonly messages: Messages;
  readonly searchIndex: SearchIndex;
}

/**
 * What a query finds, like `search`, or how many there are. Throws `request.invalid`, `archive.unavailable`, and what keeps it
 * from being recorded. @param record records it with the entries that are about to be told; returns its entry
 */
export async function findByQuery(
  { ledger, messages, searchIndex: index }: QueryOptions,
  { sought, before, limit, count }: Request,
  query: string,
  record: (entries: readonly number[]) => Promise<number>,
): Promise<Found & { readonly access: number; readonly count?: number }> {
  let access = 0;
  const search = new Search({
    ...{ ledger, index },
    conversationId: async (beginning) => toString(await conversationNamed(messages, beginning), 'hex'),
    recordSearch: async (_request, entries) => {
      access = await record(entries);
    },
  });
  const request = { query, below: before, also: besides(sought) };
  if (count === true) {
    const number = await search.count({ ...request, limit: null });
    return { messages: [], damaged: [], next: null, access, count: number };
  }
  const { sequences, more } = await search.find({ ...request, limit });
  return { ...foundAt(ledger, sequences), next: more ? (sequences.at(-1) ?? null) : null, access };
}

/** What is sought beside the query, as a query. Throws `request.invalid`. */
function besides({ about, person, conversation, since, until, only }: Sought): Query {
  if (only !== null || about !== undefined)
    throw new ChanceryError(
      'request.invalid',
      'what is about a person, and who is in a conversation, is not searched; leave the query out',
    );
  return {
    conditions: [
      ...(person === null ? [] : [{ what: 'from', name: person, not: false } as const]),
      ...(conversation === null
        ? []
        : [{ what: 'conversation', id: toString(conversation, 'hex'), not: false } as const]),
    ],
    from: since,
    until: until === null ? null : until + 1,
  };
}
