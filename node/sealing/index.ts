export { ARCHIVE_KEY, openSealing, sealingUnder, type Sealing } from './archive-key.ts';
export type { EntrySealer, FindDataKey } from './entry-sealer.ts';
export { type SearchTokens, TOKEN_BYTES } from './search-tokens.ts';
export type { ViewSealer } from './view-sealer.ts';
export { WindowKeys, windowKeyName } from './window-keys.ts';
