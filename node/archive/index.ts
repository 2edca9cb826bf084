export { ArchiveLog, type ArchiveLogger, type ArchiveLogOptions } from './archive-log.ts';
export type { AdoptableRecord, StoredRecord } from './adoption.ts';
export type { Finding } from './check.ts';
export type { LogRecord } from './log-reader.ts';
export type { Appended, NewRecord } from './pending-append.ts';
export type { Place, Sealer } from './sealer.ts';
export type { Op, OpenStore, Range, Store } from './store.ts';
export type { Verification, VerifyOptions } from './verify.ts';
