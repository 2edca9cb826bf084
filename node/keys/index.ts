export { fileKeyStore } from './file-key-store.ts';
export { inspectKeyFile, readKeyFile } from './key-file.ts';
export type { KeyStore, StoredKey } from './key-store.ts';
export {
  findPassphrase,
  newPassphrase,
  passphraseInFile,
  type AskSecret,
  type Passphrase,
} from './passphrase.ts';
export { reprotect } from './reprotect.ts';
