export { IncomingFiles, type Claim } from './incoming-files.ts';
export { SealedFiles, type FileKey } from './sealed-files.ts';
