export { destroyClosed } from './closed.ts';
export { Custody } from './custody.ts';
export { assertOfficer, isOfficer } from './officers.ts';
