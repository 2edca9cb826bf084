/** Whom a member may write to, as the organisation's node tells it page by page. */
import type { DeviceAnswer, Person } from '../protocol/wire/index.ts';
import type { Requests } from './session/index.ts';

/** Pages of contacts had at a time: ten thousand people. */
const MAX_CONTACT_PAGES = 100;

export interface Contacts {
  readonly people: readonly Person[];
  /** Whether that is everybody. */
  readonly complete: boolean;
  readonly partners: Extract<DeviceAnswer, { type: 'contacts' }>['partners'];
}

/** Asks for everybody with the word in address or name. Throws what the node refused. */
export async function askContacts(requests: Requests, search: string): Promise<Contacts> {
  const first = await requests.ask('contacts', { search });
  const people = [...first.people];
  let { after } = first;
  for (let pages = 1; after !== null && pages < MAX_CONTACT_PAGES; pages += 1) {
    const page = await requests.ask('contacts', { search, after });
    people.push(...page.people);
    after = page.after;
  }
  return { people, partners: first.partners, complete: after === null };
}
