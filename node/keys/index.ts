export { fileKeyStore, namesIn } from './file-key-store.ts';
export { formatKey, inspectKeyFile, readKeyFile, writeKeyFile } from './key-file.ts';
export { keyNamesOf } from './key-names.ts';
export type { KeyStore, StoredKey } from './key-store.ts';
export {
  findPassphrase,
  newPassphrase,
  passphraseInFile,
  type AskSecret,
  type Passphrase,
} from './passphrase.ts';
export { copyKeys, protectedKeys, readKeys, takeUpKeys, type KeyCopy } from './key-copies.ts';
export { reprotect } from './reprotect.ts';
