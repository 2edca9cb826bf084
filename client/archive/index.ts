export { ownCheckpoint, type Provenance } from './disclosed.ts';
export {
  OfficerArchive,
  type ArchivePage,
  type FoundInArchive,
  type Looking,
  type HandedOut,
  type Opened,
  type Wanted,
} from './officer-archive.ts';
