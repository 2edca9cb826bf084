/** The log as other tools read it, with what partners cosigned of it, and what partners signed against themselves. */
import { encodePem } from '../../protocol/certificate/index.ts';
import {
  logOrigin,
  parseNote,
  readCheckpoint,
  verifierKey,
  witnessName,
} from '../../protocol/checkpoint/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { platform, type ArchiveNode } from '../composition/index.ts';
import { signedPartsOfReceipt } from '../../protocol/statement/index.ts';
import type { CheckpointEvidenceRecord, ReceiptEvidenceRecord } from '../ledger/index.ts';
import type { OperationOutput, Operations } from './contract.ts';
import { fromSeconds, hex, time } from './present.ts';

type Side = OperationOutput<'archive.evidence'>['evidence'][number]['first'];
type ReceiptEvidence = OperationOutput<'archive.evidence'>['receipts'][number];
type CheckpointOperations = Pick<
  Operations,
  'archive.checkpoint' | 'archive.tile' | 'archive.evidence' | 'archive.disown'
>;

export function checkpointOperations(node: ArchiveNode): CheckpointOperations {
  const { log, witnessing } = node.organisation;
  const { reconciling } = node;
  return {
    'archive.checkpoint': () => showCheckpoint(node),
    'archive.tile': ({ path }) => {
      const tile = witnessing.tree.tile(path);
      if (tile !== undefined) return Promise.resolve({ path, bytes: base64(tile) });
      throw new ChanceryError(
        'request.invalid',
        `a log of ${log.size} entries has no ${path}; name it as tile/0/000.p/${Math.min(log.size, 255)}`,
      );
    },
    'archive.disown': async ({ reason }) => {
      const { partner, checkpoint } = await witnessing.ownLog.disown('operator', reason);
      const { size, root } = valueOf(readCheckpoint(checkpoint));
      return { partner, size, root: hex(root) };
    },
    'archive.evidence': async () => ({
      evidence: (await witnessing.evidence.all()).map(({ sequence, evidence }) => ({
        sequence,
        time: time(log.entry(sequence)?.time ?? 0),
        domain: evidence.domain,
        kind: evidence.kind,
        first: showSide(evidence.first),
        second: showSide(evidence.second),
        proof: evidence.proof.map(base64),
      })),
      receipts: (await reconciling.evidence.all()).map(({ sequence, evidence }) => ({
        sequence,
        time: time(log.entry(sequence)?.time ?? 0),
        ...showReceipt(evidence),
      })),
    }),
  };
}

async function showCheckpoint({ organisation }: ArchiveNode): Promise<OperationOutput<'archive.checkpoint'>> {
  const { domain, log, witnessing, statementSigner } = organisation;
  const { sha256 } = platform.suite;
  const { note, size, root, cosignatures } = await witnessing.tree.checkpoint();
  const own = { name: logOrigin(domain), publicKey: statementSigner.publicKey };
  return {
    checkpoint: note,
    size,
    root: hex(root),
    logSize: log.size,
    cosignatures: cosignatures.map(({ domain: by, time: at }) => ({ domain: by, time: fromSeconds(at) })),
    verifierKeys: [
      verifierKey(sha256, own, 'ed25519'),
      ...cosignatures.map(({ domain: by, witness: { publicKey } }) =>
        verifierKey(sha256, { name: witnessName(by), publicKey }, 'cosignature'),
      ),
    ],
  };
}

function showReceipt(evidence: ReceiptEvidenceRecord): Omit<ReceiptEvidence, 'sequence' | 'time'> {
  const { domain, message, position, receipt, checkpoint, chain, shown } = evidence;
  const { signed, signature } = valueOf(signedPartsOfReceipt(receipt));
  return {
    domain,
    message: hex(message),
    position,
    receipt: { signed: base64(signed), signature: base64(signature) },
    checkpoint: showSide({ note: checkpoint, chain }),
    shown: shown === null ? null : { entry: base64(shown.entry), proof: shown.proof.map(base64) },
  };
}

/** The log's signature is the first of a kept note: what follows the key id. */
function showSide({ note, chain }: Pick<CheckpointEvidenceRecord['first'], 'note' | 'chain'>): Side {
  const { size, root } = valueOf(readCheckpoint(note));
  const [signed] = valueOf(parseNote(note)).signatures;
  return {
    size,
    root: hex(root),
    note,
    signature: base64(signed?.signature ?? new Uint8Array(0)),
    certificates: chain.map((der) => encodePem('CERTIFICATE', der)),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
