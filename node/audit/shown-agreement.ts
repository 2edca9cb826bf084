/** What a partner signed with us, as it was recorded, checked anew: by whom it is signed, and that it is with us. */
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { refuse, type Result } from '../../protocol/errors/index.ts';
import { verifyChain } from '../../protocol/identity/index.ts';
import { openAgreement, readAgreement, type Agreement } from '../../protocol/statement/index.ts';

export interface ShownExpectation {
  readonly domain: string;
  /** Our domain, and the root ids that are or were ours. */
  readonly us: string;
  readonly rootIds: readonly string[];
  /** The partner's root in force, and those that handed over to it. */
  readonly roots: ReadonlySet<string>;
}

/** Refuses with `certificate.*`, `identity.root-mismatch`, `agreement.mismatch`, `signature.invalid` or `encoding.*`. */
export function checkShownAgreement(
  { statement, chain }: { readonly statement: Uint8Array; readonly chain: readonly Uint8Array[] },
  { domain, us, rootIds, roots }: ShownExpectation,
  suite: CryptoSuite,
): Result<Agreement> {
  const path = verifyChain(chain, null, suite);
  if (!path.ok) return path;
  const { subject, publicKey, rootId } = path.value;
  if (subject.kind !== 'statement' || path.value.domain !== domain)
    return refuse(
      'certificate.wrong-kind',
      `the agreement of ${domain} is recorded with another certificate`,
    );
  if (!roots.has(rootId))
    return refuse('identity.root-mismatch', `the agreement of ${domain} is signed under another root`);
  const read = readAgreement(statement);
  if (!read.ok) return read;
  const expected = { from: domain, us, rootIds, at: read.value.since };
  return openAgreement(statement, expected, publicKey, suite);
}
