export { inspectDeviceKey, reprotectDeviceKey } from './device-key.ts';
export { exportFilesIn } from './export-files.ts';
export { exportFolder } from './export-folder.ts';
export { defaultHome } from './default-home.ts';
export { enrolNodeClient, openNodeClient } from './node-client.ts';
export {
  findPassphrase,
  newPassphrase,
  passphraseInFile,
  type AskSecret,
  type Passphrase,
} from './passphrase.ts';
export { nodeSuite } from './node-crypto.ts';
export { programVersion } from './version.ts';
export { assertFree, openOwnFile, readOwnText, saveFile } from './own-files.ts';
