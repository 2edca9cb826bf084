/** What may be tagged in a case: messages of the archive that are still there, within the limits of a case. */
import { ChanceryError } from '../../protocol/errors/index.ts';
import {
  MAX_TAGGED,
  MAX_TAGS,
  MAX_TAGS_OF_MESSAGE,
  type Case,
  type Cases,
  type Ledger,
} from '../ledger/index.ts';

/** Throws `request.invalid`, `archive.disposed` or `limit.exceeded`. @param entries those that have not got the tag */
export function assertTaggable(
  { ledger, cases }: { readonly ledger: Ledger; readonly cases: Cases },
  found: Case,
  tag: string,
  entries: readonly number[],
): void {
  let added = 0;
  for (const entry of entries) {
    const kind = ledger.log.entry(entry)?.kind;
    if (kind !== 'message')
      throw new ChanceryError(
        'request.invalid',
        kind === undefined ? `there is no entry ${entry}` : `entry ${entry} is no message, but ${kind}`,
        { facts: { entry } },
      );
    if (ledger.isDisposed(entry))
      throw new ChanceryError(
        'archive.disposed',
        `the content of entry ${entry} was disposed of, as its certificate says; it can be noted, not tagged`,
        { facts: { entry } },
      );
    const tags = cases.tagCount(found.sequence, entry);
    if (tags >= MAX_TAGS_OF_MESSAGE)
      throw new ChanceryError(
        'limit.exceeded',
        `a message has at most ${MAX_TAGS_OF_MESSAGE} tags in a case`,
      );
    if (tags === 0) added += 1;
  }
  if (found.messages + added > MAX_TAGGED)
    throw new ChanceryError(
      'limit.exceeded',
      `a case has at most ${MAX_TAGGED} tagged messages; open another`,
    );
  if (entries.length > 0 && found.tags.length >= MAX_TAGS && !found.tags.some((one) => one.tag === tag))
    throw new ChanceryError('limit.exceeded', `a case has at most ${MAX_TAGS} different tags`);
}

/** Throws `request.invalid`. */
export function assertUntaggable(cases: Cases, found: Case, tag: string, entries: readonly number[]): void {
  const without = entries.find((entry) => !cases.hasTag(found.sequence, tag, entry));
  if (without === undefined) return;
  throw new ChanceryError(
    'request.invalid',
    `entry ${without} is not tagged “${tag}” in case ${found.name}; see chancery case show --messages`,
    { facts: { entry: without } },
  );
}
