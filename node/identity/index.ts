export { Authority } from './authority.ts';
export { Trust } from './trust.ts';
