export { Backoff } from './backoff.ts';
export { Directory } from './directory.ts';
export { PartnerDirectories } from './partner-directories.ts';
export { Receiver } from './receiver.ts';
export { Sender, type SenderState } from './sender.ts';
