/** Where a witness shows what it knows of a log. */
import { logOrigin, originHash } from '../../protocol/checkpoint/index.ts';
import type { Sha256 } from '../../protocol/crypto/index.ts';

/** The newest checkpoint that it cosigned (C2SP tlog-witness, "Monitor Retrieval Mechanism"). */
export function cosignedPath(sha256: Sha256, domain: string): string {
  return `${originHash(sha256, logOrigin(domain))}/checkpoint`;
}

/**
 * The largest that the log showed it, in a bundle or a receipt as well. The specification has no such path; it is signed as
 * much, and known before it is cosigned.
 */
export function shownPath(sha256: Sha256, domain: string): string {
  return `${originHash(sha256, logOrigin(domain))}/shown`;
}
