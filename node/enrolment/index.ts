export { Approvals, type WaitingDevice } from './approvals.ts';
export { Enrolment } from './enrolment.ts';
export { joinOrganisation, type Joined } from './join.ts';
