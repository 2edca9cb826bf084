export { inspectDeviceKey, reprotectDeviceKey } from './device-key.ts';
export { defaultHome } from './home.ts';
export { enrolNodeClient, openNodeClient } from './node-client.ts';
export {
  findPassphrase,
  newPassphrase,
  passphraseInFile,
  type AskSecret,
  type Passphrase,
} from './passphrase.ts';
export { programVersion } from './version.ts';
