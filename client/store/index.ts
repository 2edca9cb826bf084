export { Journal } from './journal.ts';
export { KEYS, lastParts, numberOf, positionOf, within } from './keys.ts';
