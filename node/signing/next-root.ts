/** A root that is to take over, made where its key is: here, or on a machine without a network. */
import { issueRoot } from '../../protocol/certificate/index.ts';
import type { Signer } from '../../protocol/crypto/index.ts';
import { BACKDATE, LIFE } from './lives.ts';

/**
 * The certificate (DER) of the root, by its own key. It begins before any issuer that it may have to certify anew, so
 * that all those have certified lies within its time. `clock` is in milliseconds.
 */
export async function makeNextRoot(
  {
    domain,
    clock,
    randomBytes,
  }: {
    readonly domain: string;
    readonly clock: () => number;
    readonly randomBytes: (length: number) => Uint8Array;
  },
  signer: Signer,
): Promise<Uint8Array> {
  const notBefore = Math.floor(clock() / 1000) - LIFE.issuer - BACKDATE;
  const { publicKey } = signer;
  const serial = randomBytes(16);
  return issueRoot({ publicKey, domain, serial, notBefore, notAfter: notBefore + LIFE.root, signer });
}
