export { ownCheckpoint, type Provenance } from './disclosed.ts';
export type { SealedFile } from './sealed-file.ts';
export {
  OfficerArchive,
  type ArchivePage,
  type FoundInArchive,
  type Looking,
  type HandedOut,
  type Opened,
  type OpenedFile,
  type Wanted,
} from './officer-archive.ts';
