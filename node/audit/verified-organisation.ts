/** How an organisation was verified, checked anew as of when it was recorded: its root certificate and its proof. */
import { rootIdOf, verifyRoot } from '../../protocol/certificate/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { proveDomain, type VerificationContext } from '../../protocol/identity/index.ts';
import type { OrganisationRecord } from '../ledger/index.ts';

/**
 * At level `dnssec` the archived proof must have held at `at` (seconds) and name the root, as the current or the next.
 * Refuses with `dnssec.*`, `dns.*`, `certificate.*` or `identity.root-mismatch`.
 */
export async function checkOrganisation(
  record: OrganisationRecord,
  proof: Uint8Array | undefined,
  at: number,
  context: VerificationContext,
): Promise<Result<OrganisationRecord>> {
  const { domain, rootId, level } = record;
  const root = record.root === null ? undefined : verifyRoot(record.root, domain, context.suite);
  if (root?.ok === false) return root;
  if (root !== undefined && rootIdOf(root.value.publicKey, context.suite.sha256) !== rootId)
    return refuse('identity.root-mismatch', `the root certificate recorded of ${domain} is of another key`);
  if (level !== 'dnssec') return accept(record);
  if (proof === undefined)
    return refuse('dnssec.not-archived', `the proof by which ${domain} was verified is not in the archive`);
  const proven = await proveDomain(proof, domain, at, context);
  if (!proven.ok) return proven;
  const { current, next } = proven.value.records;
  return current.id === rootId || next?.id === rootId
    ? accept(record)
    : refuse('identity.root-mismatch', `the archived proof of ${domain} names another root`);
}
