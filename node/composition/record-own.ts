/** What DNS says of our own domain, in the log: under which proof we stand ourselves. */
import type { FoundDomain, Standing } from '../identity/index.ts';
import type { Partners } from '../ledger/index.ts';

/** Records under which proof we stand ourselves; whether that is another than was recorded. */
export async function recordOwn(
  { level, proof, proven, records }: FoundDomain,
  { record, root, rootId, rootIds }: Standing,
  partners: Partners,
  clock: () => number,
): Promise<boolean> {
  const { domain, sequence } = record;
  const known = partners.organisation(domain);
  const until = proven?.window.until ?? null;
  const same = known?.rootId === rootId && known.level === level && known.proofUntil === until;
  if (same || (records.current.id !== rootId && records.next?.id !== rootId)) return false;
  await partners.sighted({
    organisation: {
      domain,
      rootId,
      formerRoots: rootIds.filter((id) => id !== rootId),
      level,
      sequence,
      proof: null,
      proofUntil: until,
      root: root.der,
      since: known?.rootId === rootId ? known.since : clock(),
    },
    proof,
  });
  return true;
}
