export { Federation, agree } from './federation.ts';
export { OrganisationProcess, type Ran } from './organisation-process.ts';
