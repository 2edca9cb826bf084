/** What becomes of an agreement when the partner's root is another. */
import type { Signer } from '../../protocol/crypto/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { readAgreement, signAgreement } from '../../protocol/statement/index.ts';
import type { AgreementRecord } from '../ledger/index.ts';

/** Our agreement with a partner, for the root that its own handed over to: the terms stay as they were agreed. */
export async function agreeWithRoot(
  before: AgreementRecord,
  rootId: string,
  signer: Signer,
): Promise<AgreementRecord> {
  const agreed = valueOf(readAgreement(before.statement));
  return { ...before, rootId, statement: await signAgreement({ ...agreed, root: rootId }, signer) };
}
