/** What is asked of a witness about our log: to cosign a checkpoint, and to show those that it knows. */
import { toString } from 'uint8arrays/to-string';
import { encodeAddCheckpoint, readCheckpoint, readDecimal } from '../../protocol/checkpoint/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import type { WitnessAnswer } from '../../protocol/wire/index.ts';
import type { ArchiveLog } from '../archive/index.ts';
import type { OwnLog, Verdict } from './own-log.ts';
import { cosignedPath, shownPath } from './paths.ts';
import type { WitnessSession } from './session.ts';

/** Submits a signed checkpoint with a proof from a size on; once more from the size that the witness knows, if it is another. */
export async function submitCheckpoint(
  { ask }: WitnessSession,
  log: ArchiveLog,
  note: string,
  from: number,
): Promise<WitnessAnswer> {
  const { size } = valueOf(readCheckpoint(note));
  const submit = (oldSize: number): Promise<WitnessAnswer> => {
    const proof = oldSize === 0 ? [] : log.consistencyProof(oldSize, size);
    return ask({ type: 'add-checkpoint', body: encodeAddCheckpoint({ oldSize, proof, checkpoint: note }) });
  };
  const answer = await submit(from);
  const known = knownSize(answer);
  return known === undefined || known > size ? answer : submit(known);
}

/** The size in a 409; undefined for any other answer. */
export function knownSize({ status, body }: WitnessAnswer): number | undefined {
  return status === 409 ? readDecimal(toString(body).trimEnd()) : undefined;
}

/**
 * Has a partner show the newest checkpoints of ours that it cosigned, and that it was shown, and judges them: `contained`
 * where it has none, or none that says anything else.
 */
export async function askWhatIsKnown(
  { partner, ask }: WitnessSession,
  domain: string,
  suite: CryptoSuite,
  ownLog: OwnLog,
): Promise<Verdict> {
  let verdict: Verdict = 'contained';
  for await (const note of knownCheckpoints(ask, domain, suite)) {
    verdict = await ownLog.confront(partner.domain, note);
    if (verdict === 'archive.rolled-back' || verdict === 'archive.forked') break;
  }
  return verdict;
}

/** The newest checkpoints of ours that a partner cosigned, and that it was shown, as it shows them. */
export async function* knownCheckpoints(
  ask: WitnessSession['ask'],
  domain: string,
  { sha256 }: CryptoSuite,
): AsyncGenerator<string> {
  for (const pathOf of [cosignedPath, shownPath]) {
    const { status, body } = await ask({ type: 'get', path: pathOf(sha256, domain) });
    if (status === 200) yield toString(body);
  }
}
