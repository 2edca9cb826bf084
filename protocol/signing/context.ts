/**
 * Domain separation: what a device or an organisation signs always names what it is for, so that a signature
 * made for one purpose can never be shown for another.
 */
import { concat } from 'uint8arrays/concat';
import { fromString } from 'uint8arrays/from-string';

/** Every purpose something is signed for. A new version of a format gets a new context. */
const CONTEXTS = {
  message: 'chancery/message/v1',
  roster: 'chancery/roster/v1',
  agreement: 'chancery/agreement/v1',
  receipt: 'chancery/receipt/v1',
  preservation: 'chancery/preservation/v1',
  'preservation-answer': 'chancery/preservation-answer/v1',
  'preservation-withdrawal': 'chancery/preservation-withdrawal/v1',
  'preservation-notice': 'chancery/preservation-notice/v1',
  report: 'chancery/report/v1',
  'report-verdict': 'chancery/report-verdict/v1',
  'report-notice': 'chancery/report-notice/v1',
  attestation: 'chancery/attestation/v1',
  revocation: 'chancery/revocation/v1',
  export: 'chancery/export/v1',
  'officer-act': 'chancery/officer-act/v1',
} as const;

export type Context = keyof typeof CONTEXTS;

const PREFIXES = Object.fromEntries(
  Object.entries(CONTEXTS).map(([name, text]) => [name, fromString(`${text}\0`)]),
) as Record<Context, Uint8Array>;

/** The exact bytes that are signed: the context's name, a zero byte, the payload as it is carried. */
export function signedBytes(context: Context, payload: Uint8Array): Uint8Array {
  return concat([PREFIXES[context], payload]);
}
