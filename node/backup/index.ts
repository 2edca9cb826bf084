export { checkBackup, type BackupCheck } from './check-backup.ts';
export type { BackupFinding } from './check-window.ts';
export { BackupFolder } from './folder.ts';
export { fromBase64 } from './manifest.ts';
export { openBackup, type OpenedBackup } from './open-backup.ts';
export { restoreFiles, type RestoredFiles } from './restore-files.ts';
export { restoreLog } from './restore-log.ts';
export { backUp, type BackupSource, type BackupStep } from './writer.ts';
