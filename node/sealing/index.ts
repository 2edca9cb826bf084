export { ARCHIVE_KEY, openSealing, sealingUnder, type Sealing } from './archive-key.ts';
export type { ViewSealer } from './view-sealer.ts';
