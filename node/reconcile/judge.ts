/**
 * One entry that a partner shows, held against the message as we hold it. Guarantees: nothing that is shown counts before
 * its inclusion is proven under the partner's checkpoint, and nothing is agreed on that its commitment does not open to.
 */
import { equals } from 'uint8arrays/equals';
import { commitTo, decodeEntry, type Entry } from '../../protocol/archive/index.ts';
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { refuse, type Result } from '../../protocol/errors/index.ts';
import { hashLeaf, verifyInclusion } from '../../protocol/merkle/index.ts';
import type { ShownEntry } from '../../protocol/wire/index.ts';
import { encodeRecord } from '../ledger/index.ts';
import type { FindingState } from './findings.ts';
import type { Held } from './held.ts';

/** `agreed`, or what is found of it and why. */
export interface Judgement {
  readonly state: 'agreed' | Extract<FindingState, 'different' | 'late' | 'sealed'>;
  readonly reason: string;
}

export interface Judge {
  readonly domain: string;
  readonly sha256: Sha256;
  /** Of the partner's checkpoint. */
  readonly size: number;
  readonly root: Uint8Array;
  /** Runs of our log that were lost, once that was accepted: what was there may be elsewhere by now. */
  readonly lost: readonly { readonly size: number; readonly until: number }[];
  /** Milliseconds that who receives a message may take to archive it. */
  readonly lateMs: number;
}

const AGREED: Judgement = { state: 'agreed', reason: '' };

/** The entry that is shown, once it is proven to be in the partner's log. Refuses with `proof.invalid` or `encoding.*`. */
export function provenEntry(shown: ShownEntry, { sha256, size, root }: Judge): Result<Entry> {
  const leafHash = hashLeaf(sha256, shown.entry);
  const claim = { index: shown.position, size, leafHash, proof: shown.proof, root };
  const included = verifyInclusion(sha256, claim);
  if (!included.ok) return included;
  const entry = decodeEntry(shown.entry);
  if (!entry.ok || entry.value.kind === 'message') return entry;
  return refuse('proof.invalid', `entry ${shown.position} of its log is no message, but ${entry.value.kind}`);
}

/** Judges a proven entry that is shown as the message that we hold. */
export function judge(shown: ShownEntry, entry: Entry, held: Held, context: Judge): Judgement {
  const misplaced = misplacedIn(shown, held);
  if (misplaced !== undefined) return { state: 'different', reason: misplaced };
  const opened = open(shown, entry, held, context);
  if (opened.state === 'different') return opened;
  const delay = held.sent ? entry.time - held.time : held.time - entry.time;
  if (delay > context.lateMs)
    return { state: 'late', reason: `it was archived ${inSeconds(delay)} after it was sent` };
  if (delay < -context.lateMs)
    return {
      state: 'late',
      reason: `it was archived ${inSeconds(-delay)} before it was sent: a clock is wrong`,
    };
  return opened;
}

/** Why an entry cannot be the one that the message is said to be in. */
function misplacedIn({ sent, position }: ShownEntry, { sent: isOurs, said }: Held): string | undefined {
  if (sent === isOurs) return `it says that ${sent ? 'it sent what we did' : 'we sent what it did'}`;
  if (said.state === 'refused') return `it refused it with ${said.code}, and holds it`;
  if (said.state === 'nothing' || said.moved || said.position === position) return undefined;
  return `it shows it as entry ${position}, and said that it is entry ${said.position}`;
}

function open({ opening }: ShownEntry, entry: Entry, held: Held, { domain, sha256, lost }: Judge): Judgement {
  const { record, sequence, sent } = held;
  if (opening === null) return { state: 'sealed', reason: 'the partner cannot open it any more' };
  if (record === undefined) return { state: 'sealed', reason: 'it cannot be opened here any more' };
  const { salt, via, file } = opening;
  if ((via !== null) !== sent) return { state: 'different', reason: 'it does not say how it came by it' };
  const isLost = lost.some(({ size, until }) => via !== null && via.position >= size && via.position < until);
  if (via !== null && via.position !== sequence && !isLost)
    return {
      state: 'different',
      reason: `it took it as our entry ${via.position}, and it is entry ${sequence}`,
    };
  const content = encodeRecord('message', {
    envelope: record.envelope,
    via: via === null ? null : { domain, ...via },
    ...(file === undefined ? {} : { file }),
  });
  return equals(commitTo(sha256, salt, content), entry.commitment)
    ? AGREED
    : { state: 'different', reason: 'its entry does not commit to the message as we hold it' };
}

function inSeconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
