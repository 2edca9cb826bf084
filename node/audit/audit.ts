/**
 * Verifies every message of the log as of its own time of archiving, in the order of the log: its signature, the chain of
 * its device, and all that its sender's organisation was believed by. Needs no network and no clock, so it says the same
 * years later.
 */
import { domainOf } from '../../protocol/conversation/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { ChanceryError, accept, refuse, type Refusal, type Result } from '../../protocol/errors/index.ts';
import type { VerificationContext } from '../../protocol/identity/index.ts';
import { decodeMessage, verifyMessage, type DecodedMessage } from '../../protocol/message/index.ts';
import type { ArchiveLog, LogRecord } from '../archive/index.ts';
import { refuseForeign, refuseStranger, refuseUntimely } from '../intake/index.ts';
import { decodeRecord, type KnownSigner, type Signers } from '../ledger/index.ts';
import { Past, type Basis } from './past.ts';

const NOTHING = new Uint8Array(0);

/** Records read at a time. */
const PAGE = 256;

export interface AuditFault {
  readonly sequence: number;
  readonly code: Refusal['code'];
  readonly message: string;
}

export interface AuditOptions {
  /** Whose log it is. */
  readonly domain: string;
  readonly log: Pick<ArchiveLog, 'read' | 'content'>;
  /** Entries to verify, from the first on. */
  readonly size: number;
  readonly context: VerificationContext;
  readonly signers: Pick<Signers, 'verify'>;
  /** Entries known not to be what was archived. */
  readonly damaged: ReadonlySet<number>;
  /** The walk ends once so many faults are found. */
  readonly maxFaults: number;
}

export interface Audited {
  readonly messages: number;
  /** Messages that cannot be opened here any more: of these it is known that they are as they were archived, and no more. */
  readonly sealed: number;
  /** Entries whose content was disposed of: of these their place in the tree and their certificates are left. */
  readonly disposed: number;
  /** What does not hold, entry by entry. */
  readonly faults: AuditFault[];
}

export async function auditLog(options: AuditOptions): Promise<Audited> {
  const { domain, log, size, context, signers, damaged, maxFaults } = options;
  const past = new Past({
    domain,
    context,
    verifySigner: (chain) => signers.verify(chain),
    contentAt: (sequence) => readable(() => log.content(sequence)),
    damaged,
  });
  const faults: AuditFault[] = [];
  let messages = 0;
  let sealed = 0;
  let disposed = 0;
  for (let from = 0; from < size && faults.length < maxFaults;) {
    const { records, next, unread } = await readOn(log, from, Math.min(from + PAGE, size));
    if (unread !== undefined && !damaged.has(from))
      faults.push({ sequence: from, code: unread.code, message: unread.message });
    for (const record of records) {
      const isMessage = record.kind === 'message';
      if (isMessage) messages += 1;
      if (record.disposed === true) {
        disposed += 1;
        continue;
      }
      if (isMessage && record.content === null) {
        sealed += 1;
        continue;
      }
      const refusal = isMessage
        ? refuseMessage(past, record, domain, context.suite)
        : await past.take(record);
      if (refusal === undefined || damaged.has(record.sequence)) continue;
      faults.push({ sequence: record.sequence, code: refusal.code, message: refusal.message });
    }
    from = next;
  }
  return { messages, sealed, disposed, faults };
}

/** The records that can be read from `from` on, before `to`; where the first cannot, why, and where to go on behind it. */
async function readOn(
  log: AuditOptions['log'],
  from: number,
  to: number,
): Promise<{ records: LogRecord[]; next: number; unread?: ChanceryError }> {
  try {
    const records = await log.read(from, to - from);
    return { records, next: (records.at(-1)?.sequence ?? to - 1) + 1 };
  } catch (error) {
    const sequence = error instanceof ChanceryError ? Number(error.facts['sequence'] ?? NaN) : NaN;
    if (!(sequence >= from && sequence < to)) throw error;
    return sequence === from
      ? { records: [], next: from + 1, unread: error as ChanceryError }
      : readOn(log, from, sequence);
  }
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ChanceryError && error.code === 'archive.damaged') return undefined;
    throw error;
  }
}

function refuseMessage(
  past: Past,
  { content, time }: LogRecord,
  domain: string,
  suite: CryptoSuite,
): Refusal | undefined {
  const record = decodeRecord('message', content ?? NOTHING);
  if (!record.ok) return record.refusal;
  const message = decodeMessage(record.value.envelope, suite);
  if (!message.ok) return message.refusal;
  const signer = standing(
    past.signer(message.value.device),
    'certificate.not-yet-known',
    'the certificate of the signing device is not in the archive',
  );
  if (!signer.ok) return signer.refusal;
  const verified = verifyMessage(message.value, signer.value, time, suite);
  if (!verified.ok) return verified.refusal;
  const { via } = record.value;
  const from =
    via === null
      ? refuseOwn(past, domain, signer.value, message.value)
      : refusePartner(past, via.domain, signer.value, message.value);
  const refused = from ?? refuseUntimely(signer.value, message.value);
  return refused?.refusal;
}

type Refused = ReturnType<typeof refuse>;

/** A message of ours: under a root that is or was ours, by a certificate that was not revoked by then. */
function refuseOwn(
  past: Past,
  domain: string,
  signer: KnownSigner,
  message: DecodedMessage,
): Refused | undefined {
  const own = standing(past.own, 'identity.not-archived', 'our own standing is not in the archive');
  if (!own.ok) return own;
  const { verified } = past.of(domain); // none while our domain was never reached
  const proven = verified === undefined ? accept(undefined) : standing(verified);
  if (!proven.ok) return proven;
  if (signer.domain !== domain || domainOf(message.sender) !== domain)
    return refuse(
      'message.sender-mismatch',
      `${message.sender} is not of ${domain}, where the message came in`,
    );
  if (!own.value.rootIds.has(signer.rootId))
    return refuse(
      'identity.root-mismatch',
      `the device of ${signer.address} is under a root that was never ours`,
    );
  const revokedFor = (serial: string) => past.revokedFor(serial);
  return refuseForeign(signer, { ...signer, revokedFor }, message);
}

/** A partner's: under the root that was agreed and verified then, by a certificate its roster did not revoke. */
function refusePartner(
  past: Past,
  domain: string,
  signer: KnownSigner,
  message: DecodedMessage,
): Refused | undefined {
  const then = past.of(domain);
  const agreement = standing(then.agreement, 'agreement.missing', `there was no agreement with ${domain}`);
  if (!agreement.ok) return agreement;
  const verified = standing(
    then.verified,
    'identity.not-archived',
    `the archive does not say how ${domain} was verified`,
  );
  if (!verified.ok) return verified;
  const roster = standing(
    then.roster,
    'roster.not-archived',
    `there is no roster of ${domain} in the archive`,
  );
  if (!roster.ok) return roster;
  const { rootId } = agreement.value;
  if (verified.value.rootId !== rootId)
    return refuse('identity.root-mismatch', `${domain} was verified under another root than was agreed`);
  const revocationOf = (serial: string) => roster.value.revocations.get(serial);
  return refuseStranger(signer, { domain, rootId, revocationOf }, message);
}

/** What an entry came to; where it is missing, `code`; where it does not hold, why, and which entry it is. */
function standing<T>(basis: Basis<T> | undefined, code?: Refusal['code'], missing?: string): Result<T> {
  if (basis === undefined) return refuse(code ?? 'internal', missing ?? '');
  const { sequence, result } = basis;
  if (result.ok) return result;
  return refuse(result.refusal.code, `it rests on entry ${sequence}: ${result.refusal.message}`);
}
