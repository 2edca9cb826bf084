export { CASE_FILE, formatCase } from './case-file.ts';
export type { ExportFiles } from './files.ts';
export type { Finding } from './finding.ts';
export type { ExportCosignature } from './head.ts';
export {
  MANIFEST,
  RECORDS,
  SIGNATURE,
  SIGNERS,
  formatManifest,
  type ExportedFile,
  type ExportManifest,
} from './manifest.ts';
export { formatRecord, type ExportedRecord } from './record.ts';
export { openSignature, signManifest } from './signature.ts';
export { formatSigner, type ExportedSigner } from './signer.ts';
export { checkEvidence, verifyExport, type ExportFacts, type ExportReport } from './verify.ts';
