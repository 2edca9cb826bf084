export { ARCHIVE_KEY, openSealer } from './archive-key.ts';
export { EntrySealer } from './entry-sealer.ts';
