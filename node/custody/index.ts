export { destroyClosed } from './closed.ts';
export { Custody } from './custody.ts';
export { assertOfficer } from './officers.ts';
