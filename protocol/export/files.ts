/** The files of an export, held against the names and hashes that its officer signed. */
import { toString } from 'uint8arrays/to-string';
import type { Sha256 } from '../crypto/index.ts';
import type { Finding } from './finding.ts';
import { MANIFEST, SIGNATURE, type ExportManifest } from './manifest.ts';

/** Where an export is read from. Names are paths inside it, with slashes. */
export interface ExportFiles {
  names(): Promise<readonly string[]>;
  /** Undefined for what is not there. */
  read(name: string): Promise<Uint8Array | undefined>;
}

/** What is wrong with the files of a manifest that was verified: missing, changed, or there without being in it. */
export async function checkFiles(
  files: ExportFiles,
  { files: listed }: ExportManifest,
  sha256: Sha256,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const known = new Set<string>([MANIFEST, SIGNATURE]);
  for (const { name, bytes, sha256: hash } of listed) {
    known.add(name);
    const content = await files.read(name);
    if (content === undefined) findings.push({ file: name, entry: null, problem: 'it is missing' });
    else if (content.length !== bytes || toString(sha256(content), 'hex') !== hash)
      findings.push({ file: name, entry: null, problem: 'it is not as it was written' });
  }
  for (const name of await files.names())
    if (!known.has(name)) findings.push({ file: name, entry: null, problem: 'it is no part of the export' });
  return findings;
}
