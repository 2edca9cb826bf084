/** The certificates under which an organisation's statements verify, as they are recorded: the signer's, its issuer's, its root's. */
import type { VerifiedIdentity } from '../../protocol/identity/index.ts';

export function statementChain({ bundle }: Pick<VerifiedIdentity, 'bundle'>): Uint8Array[] {
  return [bundle.statement, bundle.chain[1], bundle.chain[2]].filter(
    (der) => der !== undefined && der !== null,
  );
}
