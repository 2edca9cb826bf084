/** The newest head of the log, with what partners cosigned, and the proofs that it holds the entries of an export. */
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { ExportedRecord, ExportManifest } from '../../protocol/export/index.ts';
import { MAX_PROVEN } from '../../protocol/wire/index.ts';
import { ownCheckpoint, type Provenance } from '../archive/index.ts';
import type { Requests } from '../session/index.ts';

export interface Proven extends Pick<ExportManifest, 'checkpoint' | 'chain' | 'cosigned'> {
  readonly records: readonly ExportedRecord[];
}

/** The proofs are checked with the rest of the export. `at` in seconds. Throws what the node refused, `certificate.*` or `checkpoint.*`. */
export async function prove(
  requests: Requests,
  records: readonly Omit<ExportedRecord, 'proof'>[],
  provenance: Provenance,
  at: number,
): Promise<Proven> {
  const { checkpoint, chain, cosigned } = await requests.ask('archive-head', {});
  const head = ownCheckpoint(checkpoint, chain, at, provenance);
  if (!head.ok) throw ChanceryError.from(head.refusal);
  const { size } = head.value;
  const proven: ExportedRecord[] = [];
  for (let from = 0; from < records.length; from += MAX_PROVEN) {
    const some = records.slice(from, from + MAX_PROVEN);
    const sequences = some.map(({ sequence }) => sequence);
    const { proofs } = await requests.ask('archive-prove', { size, sequences });
    proven.push(...some.map((record, index) => ({ ...record, proof: proofs[index] ?? [] })));
  }
  return { checkpoint, chain, cosigned, records: proven };
}
