/**
 * Whether an export is what its officer made and what the organisation's log holds: from its files alone, with no node,
 * no home and no network. Names each file that was changed, and each entry that is missing or not as archived.
 */
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import type { CryptoSuite } from '../crypto/index.ts';
import { checkFiles, type ExportFiles } from './files.ts';
import type { Finding } from './finding.ts';
import { openCosigned, openHead, type ExportCosignature } from './head.ts';
import { MANIFEST, RECORDS, SIGNATURE, SIGNERS, parseManifest, type ExportManifest } from './manifest.ts';
import { checkRecords } from './records-check.ts';
import { openSignature, type OpenedSignature } from './signature.ts';

/** What an export says of itself, as far as its signature holds. */
export interface ExportFacts {
  readonly manifest: ExportManifest;
  /** The root that vouches for log and officer, to be compared with what is known of the domain. */
  readonly rootId: string;
  /** The head that everything in it is proven under. */
  readonly size: number;
  readonly root: Uint8Array;
  readonly cosigned: readonly ExportCosignature[];
}

export interface ExportReport {
  /** Null where not even the signature or the checkpoint of the export holds. */
  readonly facts: ExportFacts | null;
  readonly findings: readonly Finding[];
}

export async function verifyExport(files: ExportFiles, suite: CryptoSuite): Promise<ExportReport> {
  const opened = await openManifest(files, suite);
  if ('file' in opened) return { facts: null, findings: [opened] };
  const { manifest, officer } = opened;
  const inManifest = (problem: string): Finding => ({ file: MANIFEST, entry: null, problem });
  const findings = await checkFiles(files, manifest, suite.sha256);
  const at = Math.floor(Date.parse(manifest.made) / 1000);
  const head = openHead(manifest, at, suite);
  if (!head.ok) return { facts: null, findings: [...findings, inManifest(head.refusal.message)] };
  const { checkpoint, rootId } = head.value;
  if (officer.domain !== manifest.domain || officer.rootId !== rootId)
    findings.push(inManifest('the officer who signed it is not of the organisation whose log it is of'));
  if (at < officer.window.from || at > officer.window.until)
    findings.push(inManifest('the officer’s device was not certified when it was made'));
  const cosigned: ExportCosignature[] = [];
  for (const one of manifest.cosigned) {
    const known = openCosigned(one, head.value, suite);
    if (known.ok) cosigned.push(known.value);
    else findings.push(inManifest(`what ${one.domain} cosigned does not hold: ${known.refusal.message}`));
  }
  const [records, signers] = [await files.read(RECORDS), await files.read(SIGNERS)];
  if (records !== undefined && signers !== undefined)
    findings.push(...checkRecords({ manifest, checkpoint, suite }, records, signers));
  const listed = new Set(manifest.files.map(({ name }) => name));
  for (const name of [RECORDS, SIGNERS])
    if (!listed.has(name)) findings.push(inManifest(`it does not list ${name}`));
  const { size, root } = checkpoint;
  return { facts: { manifest, rootId, size, root, cosigned }, findings };
}

async function openManifest(
  files: ExportFiles,
  suite: CryptoSuite,
): Promise<(Pick<OpenedSignature, 'officer'> & { readonly manifest: ExportManifest }) | Finding> {
  const finding = (file: string, problem: string): Finding => ({ file, entry: null, problem });
  const written = await files.read(MANIFEST);
  if (written === undefined)
    return finding(MANIFEST, 'it is missing: this is no export, or one that was never finished');
  const signed = await files.read(SIGNATURE);
  if (signed === undefined)
    return finding(SIGNATURE, 'it is missing: this is no export, or one that was never finished');
  const signature = openSignature(signed, suite);
  if (!signature.ok) return finding(SIGNATURE, signature.refusal.message);
  const { manifest: hash, officer, address } = signature.value;
  if (!equals(suite.sha256(written), hash))
    return finding(MANIFEST, `it is not the one that ${address} signed (${toString(hash, 'hex')})`);
  const manifest = parseManifest(written);
  if (!manifest.ok) return finding(MANIFEST, manifest.refusal.message);
  return manifest.value.officer === address
    ? { manifest: manifest.value, officer }
    : finding(MANIFEST, `it names ${manifest.value.officer}, and is signed by ${address}`);
}
