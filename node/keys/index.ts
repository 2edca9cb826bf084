export { fileKeyStore } from './file-key-store.ts';
export { readKeyFile, writeKeyFile } from './key-file.ts';
export type { KeyStore, StoredKey } from './key-store.ts';
