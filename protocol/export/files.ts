/** The files of an export, held against the names and hashes that its officer signed. */
import { toString } from 'uint8arrays/to-string';
import type { Finding } from './finding.ts';
import { MANIFEST, SIGNATURE, type ExportManifest } from './manifest.ts';

/** Where an export is read from. Names are paths inside it, with slashes. */
export interface ExportFiles {
  names(): Promise<readonly string[]>;
  /** Undefined for what is not there. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Length and SHA-256 of a file, however large it is; undefined for what is not there. */
  digest(name: string): Promise<{ readonly bytes: number; readonly sha256: Uint8Array } | undefined>;
}

/** What is wrong with the files of a manifest that was verified: missing, changed, or there without being in it. */
export async function checkFiles(files: ExportFiles, { files: listed }: ExportManifest): Promise<Finding[]> {
  const findings: Finding[] = [];
  const known = new Set<string>([MANIFEST, SIGNATURE]);
  for (const { name, bytes, sha256: hash } of listed) {
    known.add(name);
    const found = await files.digest(name);
    if (found === undefined) findings.push({ file: name, entry: null, problem: 'it is missing' });
    else if (found.bytes !== bytes || toString(found.sha256, 'hex') !== hash)
      findings.push({ file: name, entry: null, problem: 'it is not as it was written' });
  }
  for (const name of await files.names())
    if (!known.has(name)) findings.push({ file: name, entry: null, problem: 'it is no part of the export' });
  return findings;
}
