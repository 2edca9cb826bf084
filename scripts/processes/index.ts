export { PROGRAMS, type Ran } from './command.ts';
export { Federation, agree } from './federation.ts';
export { MemberDevice } from './member-device.ts';
export { OrganisationProcess, freePort } from './organisation-process.ts';
