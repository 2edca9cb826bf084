/** By what a message was accepted: device, root, level, proof and roster, as the log has them from before it. */
import { parseCertificate, rootIdOf } from '../../protocol/certificate/index.ts';
import { domainOf } from '../../protocol/conversation/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import type { DecodedMessage } from '../../protocol/message/index.ts';
import { platform, type ArchiveNode } from '../composition/index.ts';
import type { OperationOutput } from './contract.ts';
import { hex } from './present.ts';

type Acceptance = NonNullable<OperationOutput<'archive.show'>['accepted']>;

/** What stood when the message at a place of the log was archived. */
export async function acceptanceOf(
  { organisation }: ArchiveNode,
  sequence: number,
  { sender, device }: DecodedMessage,
): Promise<Acceptance> {
  const { ledger, log, partners } = organisation;
  const domain = domainOf(sender);
  const before = (await partners.history(domain)).filter((entry) => entry < sequence);
  const last = (kind: 'authority' | 'organisation'): number | undefined =>
    before.findLast((entry) => log.entry(entry)?.kind === kind);
  const [standsBy, verifiedBy] = [last('authority'), last('organisation')];
  const standing = standsBy === undefined ? undefined : ledger.record('authority', standsBy);
  const verified = verifiedBy === undefined ? undefined : ledger.record('organisation', verifiedBy);
  const rosters = (await partners.rosters(domain)).filter((roster) => roster.sequence < sequence);
  return {
    domain,
    rootId: standing === undefined ? (verified?.rootId ?? null) : rootOf(standing.root),
    level: verified?.level ?? 'none',
    proof: verified?.proof ? hex(verified.proof) : null,
    entries: [standsBy, verifiedBy].filter((entry) => entry !== undefined),
    roster: rosters.at(-1)?.number ?? null,
    device: hex(device),
  };
}

function rootOf(der: Uint8Array): string {
  return rootIdOf(valueOf(parseCertificate(der)).publicKey, platform.suite.sha256);
}
