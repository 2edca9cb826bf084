/** Verifies the archive from end to end: log, tree, checkpoint, and of every message its signature and its signer. */
import { verifyMessage, decodeMessage } from '../../protocol/message/index.ts';
import { platform, type ArchiveNode } from '../composition/index.ts';
import { decodeRecord } from '../ledger/index.ts';
import type { OperationOutput } from './contract.ts';
import { hex } from './present.ts';

type Report = OperationOutput<'archive.verify'>;

/** Records read at a time. */
const PAGE = 256;

/** Faults listed; beyond that the archive is past mending one by one. */
const MAX_FAULTS = 1_000;

export async function verifyArchive(node: ArchiveNode): Promise<Report> {
  const { log, checkpoint } = node.organisation;
  const walked = await log.verify();
  const faults: Report['faults'] = walked.findings.map(({ sequence, problem }) => ({
    sequence,
    code: 'archive.damaged',
    message: problem,
  }));
  let messages = 0;
  for (let from = 0; from < walked.size && faults.length < MAX_FAULTS;) {
    const records = await log.read(from, Math.min(PAGE, walked.size - from));
    if (records.length === 0) break;
    for (const { sequence, kind, content } of records) {
      if (kind !== 'message') continue;
      messages += 1;
      const fault = checkMessage(node, content);
      if (fault !== undefined) faults.push({ sequence, ...fault });
    }
    from = (records.at(-1)?.sequence ?? walked.size) + 1;
  }
  return { size: walked.size, root: hex(walked.root), checkpoint: await checkpoint(), messages, faults };
}

/** The signature by the device it names, under a chain that was valid when the message was signed. */
function checkMessage(node: ArchiveNode, content: Uint8Array): { code: string; message: string } | undefined {
  const record = decodeRecord('message', content);
  if (!record.ok) return record.refusal;
  const decoded = decodeMessage(record.value.envelope, platform.suite);
  if (!decoded.ok) return decoded.refusal;
  const signer = node.organisation.signers.find(decoded.value.device);
  if (signer === undefined) {
    return {
      code: 'certificate.not-yet-known',
      message: 'the certificate of the signing device is not in the archive',
    };
  }
  const verified = verifyMessage(decoded.value, signer, platform.clock(), platform.suite);
  return verified.ok ? undefined : verified.refusal;
}
