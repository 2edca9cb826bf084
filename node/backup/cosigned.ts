/** The checkpoints in a backup that partners cosigned, each verified under the partner's key as it was known then. */
import { logOrigin, openCheckpoint, openCosignatures, witnessName } from '../../protocol/checkpoint/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import type { BackupFinding } from './check-window.ts';
import type { BackupFolder } from './folder.ts';
import { fromBase64, type OpenedManifest } from './manifest.ts';
import { COSIGNED } from './paths.ts';

export interface CosignedSize {
  readonly domain: string;
  readonly file: string;
  readonly size: number;
  readonly root: Uint8Array;
}

export async function readCosigned(
  folder: BackupFolder,
  { manifest: { witnesses, domain: own }, statementKey }: OpenedManifest,
  suite: CryptoSuite,
): Promise<{ readonly cosigned: CosignedSize[]; readonly findings: BackupFinding[] }> {
  const cosigned: CosignedSize[] = [];
  const findings: BackupFinding[] = [];
  for (const { domain, key } of witnesses) {
    const file = `${COSIGNED}/${domain}`;
    const note = await folder.read(file);
    const checkpoint = note && openCheckpoint(note, logOrigin(own), statementKey, suite);
    const witness = { name: witnessName(domain), publicKey: fromBase64(key) };
    const lines = note && openCosignatures(note, [witness], suite);
    if (checkpoint?.ok && lines?.ok && lines.value.length > 0) {
      const { size, root } = checkpoint.value;
      cosigned.push({ domain, file, size, root });
    } else {
      const problem = note === undefined ? 'it is missing' : `it is not what ${domain} cosigned`;
      findings.push({ file, sequence: 0, problem });
    }
  }
  return { cosigned, findings };
}
