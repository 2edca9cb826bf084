export { readBackupRecord, writeBackupRecord, type BackupRecord } from './backup-record.ts';
export { readCertificateFile, replaceCertificateFile, writeCertificateFile } from './certificate-file.ts';
export { readGapRecord, writeGapRecord, type GapRecord } from './gap-record.ts';
export { findHome, homeLayout, KEY_NAMES, type HomeLayout, type KeyName } from './layout.ts';
export { lockHolder, lockHome, type HomeLock } from './lock.ts';
export {
  createPrivateFile,
  hasCode,
  makePrivateDirectory,
  modeIfOpenToOthers,
  readPrivateFile,
  syncDirectory,
} from './private-file.ts';
export { replacePublicFile } from './public-file.ts';
export { withSocketPath } from './socket-path.ts';
