export type { FileFinding } from './check-files.ts';
export { FilesVerifier } from './files-verifier.ts';
export { IncomingFiles, type Claim } from './incoming-files.ts';
export { PartFile } from './part-file.ts';
export { LEFT_AFTER_MS, Sweep } from './sweep.ts';
export { SealedFiles, type FileKey } from './sealed-files.ts';
