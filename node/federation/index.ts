export { Backoff } from './backoff.ts';
export { Receiver } from './receiver.ts';
export { Sender, type SenderState } from './sender.ts';
