export { destroyClosed } from './closed.ts';
export { Custody } from './custody.ts';
export { isOfficer } from './officers.ts';
