export { openPreserving, type Preserving } from './preserving.ts';
export type { Untold } from './outbox.ts';
