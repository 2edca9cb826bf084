export {
  OfficerArchive,
  type ArchivePage,
  type FoundInArchive,
  type Looking,
  type Opened,
  type Wanted,
} from './officer-archive.ts';
