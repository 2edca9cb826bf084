/** Why a partner may hold a message that we do not: it is on its way, we refused it, or it is missing here. */
import { equals } from 'uint8arrays/equals';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { openReceipt, type Receipt } from '../../protocol/statement/index.ts';
import type { ShownEntry } from '../../protocol/wire/index.ts';
import type { Finding } from './findings.ts';
import type { Session } from './session.ts';

export interface Lack {
  readonly domain: string;
  readonly session: Session;
  /** Our own statement key: only a receipt that we signed says what we did. */
  readonly publicKey: Uint8Array;
  readonly suite: CryptoSuite;
}

/** Has the partner show our receipt, where it says that there is one. */
export async function whyLacking(
  { message, sent, answered, position }: ShownEntry,
  { domain, session, publicKey, suite }: Lack,
): Promise<Pick<Finding, 'state' | 'reason'>> {
  if (!sent) return { state: 'missing-here', reason: 'it came from here, and is here no more' };
  if (!answered) return { state: 'in-flight', reason: 'it is on its way here' };
  const statement = await session.receipt(position);
  const parties = { from: domain, to: session.partner.domain };
  const opened = statement === null ? undefined : openReceipt(statement, parties, publicKey, suite);
  return (
    (opened?.ok === true ? saidIn(opened.value, message) : undefined) ?? {
      state: 'missing-here',
      reason: 'no receipt of ours for it is shown',
    }
  );
}

function saidIn(
  { archived, refused }: Receipt,
  message: Uint8Array,
): Pick<Finding, 'state' | 'reason'> | undefined {
  const position = archived.find(([id]) => equals(id, message))?.[1];
  if (position !== undefined)
    return { state: 'missing-here', reason: `our own receipt says that it is our entry ${position}` };
  const code = refused.find(([id]) => equals(id, message))?.[1];
  return code === undefined ? undefined : { state: 'refused', reason: `it was refused here: ${code}` };
}
