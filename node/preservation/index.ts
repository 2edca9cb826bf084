export { openPreserving, type Preserving } from './preserving.ts';
export { letterName } from './sent.ts';
