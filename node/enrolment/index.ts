export { Enrolment } from './enrolment.ts';
export { joinOrganisation, type Joined } from './join.ts';
