/** Verifies the archive from end to end: log, tree, checkpoint, the files of messages, and each message as of its own time of archiving. */
import type { FileFinding } from '../attachments/index.ts';
import { auditLog } from '../audit/index.ts';
import type { ArchiveNode } from '../composition/index.ts';
import type { OperationOutput } from './contract.ts';
import { hex } from './present.ts';

type Report = OperationOutput<'archive.verify'>;

/** Faults listed; beyond that the archive is past mending one by one. */
const MAX_FAULTS = 1_000;

export async function verifyArchive({ organisation, filesVerifier }: ArchiveNode): Promise<Report> {
  const { domain, log, context, signers, checkpoint, retaining } = organisation;
  const { size, root, findings } = await log.verify();
  const damage = findings.map(({ sequence, problem }) => ({
    sequence,
    code: 'archive.damaged',
    message: problem,
  }));
  // dates and holds can be held against what is whole alone
  const dates = damage.length > 0 ? [] : await retaining.dates.check(0, size);
  const files = await filesVerifier.verify();
  const { messages, sealed, disposed, faults } = await auditLog({
    domain,
    log,
    size,
    context,
    signers,
    damaged: new Set(findings.map(({ sequence }) => sequence)),
    maxFaults: MAX_FAULTS,
  });
  return {
    size,
    root: hex(root),
    checkpoint: log.stopped === undefined ? await checkpoint() : null,
    messages,
    sealed,
    disposed,
    files: files.checked,
    faults: [...damage, ...dates.map(tampered), ...files.findings.map(wrongFile), ...faults],
  };
}

/** A file that is missing or was changed; it is asked for at the other archive nodes from now on. */
function wrongFile({ sequence, problem }: FileFinding): Report['faults'][number] {
  return { sequence, code: 'archive.damaged', message: problem };
}

/** A date or hold that was not as the log says; it is again by now. */
function tampered({ sequence, problem }: { sequence: number; problem: string }): Report['faults'][number] {
  return { sequence, code: 'archive.tampered', message: problem };
}
