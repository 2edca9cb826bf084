export type { NewFile } from './outgoing-files.ts';
export { Outbox, type Outcome, type Outgoing } from './outbox.ts';
export { Submitter } from './submitter.ts';
