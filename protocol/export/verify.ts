/**
 * Whether an export is what its officer made and what the organisation's log holds: from its files alone, with no node,
 * no home and no network. Names each file that was changed, and each entry that is missing or not as archived.
 */
import { equals } from 'uint8arrays/equals';
import { toString } from 'uint8arrays/to-string';
import type { CryptoSuite } from '../crypto/index.ts';
import { checkCase } from './case-check.ts';
import { CASE_FILE } from './case-file.ts';
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

/** What of an export proves itself: the manifest, and the two files that are checked by what they say. */
export interface ExportEvidence {
  readonly manifest: ExportManifest;
  readonly records: Uint8Array;
  readonly signers: Uint8Array;
  /** Of an export of a case. */
  readonly caseFile?: Uint8Array | undefined;
}

export async function verifyExport(files: ExportFiles, suite: CryptoSuite): Promise<ExportReport> {
  const opened = await openManifest(files, suite);
  if ('file' in opened) return { facts: null, findings: [opened] };
  const { manifest, signature } = opened;
  const findings = await checkFiles(files, manifest, suite.sha256);
  const [records = NOTHING, signers = NOTHING] = [await files.read(RECORDS), await files.read(SIGNERS)];
  const caseFile = manifest.ofCase === undefined ? undefined : await files.read(CASE_FILE);
  const evidence = { manifest, records, signers, caseFile };
  const { facts, findings: found } = checkEvidence(evidence, signature, suite);
  return { facts, findings: [...findings, ...found] };
}

/** The same of what proves an export, whatever else there is in it. */
export function checkEvidence(
  { manifest, records, signers, caseFile }: ExportEvidence,
  { officer, address }: Pick<OpenedSignature, 'officer' | 'address'>,
  suite: CryptoSuite,
): ExportReport {
  const findings: Finding[] = [];
  const told = (problem: string): number => findings.push({ file: MANIFEST, entry: null, problem });
  const at = Math.floor(Date.parse(manifest.made) / 1000);
  const head = openHead(manifest, at, suite);
  if (!head.ok) {
    told(head.refusal.message);
    return { facts: null, findings };
  }
  const { checkpoint, rootId } = head.value;
  if (manifest.officer !== address) told(`it names ${manifest.officer}, and is signed by ${address}`);
  if (officer.domain !== manifest.domain || officer.rootId !== rootId)
    told('the officer who signed it is not of the organisation whose log it is of');
  if (at < officer.window.from || at > officer.window.until)
    told('the officer’s device was not certified when it was made');
  const cosigned: ExportCosignature[] = [];
  for (const one of manifest.cosigned) {
    const known = openCosigned(one, head.value, suite);
    if (known.ok) cosigned.push(known.value);
    else told(`what ${one.domain} cosigned does not hold: ${known.refusal.message}`);
  }
  const listed = new Set(manifest.files.map(({ name }) => name));
  for (const name of [RECORDS, SIGNERS]) if (!listed.has(name)) told(`it does not list ${name}`);
  findings.push(...checkRecords({ manifest, checkpoint, suite }, records, signers));
  findings.push(...checkCase(manifest, records, caseFile));
  const { size, root } = checkpoint;
  return { facts: { manifest, rootId, size, root, cosigned }, findings };
}

const NOTHING = new Uint8Array();

async function openManifest(
  files: ExportFiles,
  suite: CryptoSuite,
): Promise<{ readonly manifest: ExportManifest; readonly signature: OpenedSignature } | Finding> {
  const finding = (file: string, problem: string): Finding => ({ file, entry: null, problem });
  const written = await files.read(MANIFEST);
  if (written === undefined)
    return finding(MANIFEST, 'it is missing: this is no export, or one that was never finished');
  const signed = await files.read(SIGNATURE);
  if (signed === undefined)
    return finding(SIGNATURE, 'it is missing: this is no export, or one that was never finished');
  const signature = openSignature(signed, suite);
  if (!signature.ok) return finding(SIGNATURE, signature.refusal.message);
  const { manifest: hash, address } = signature.value;
  if (!equals(suite.sha256(written), hash))
    return finding(MANIFEST, `it is not the one that ${address} signed (${toString(hash, 'hex')})`);
  const manifest = parseManifest(written);
  if (!manifest.ok) return finding(MANIFEST, manifest.refusal.message);
  return { manifest: manifest.value, signature: signature.value };
}
