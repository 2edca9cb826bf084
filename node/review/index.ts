export { ContactDesk, type Meant } from './contact-desk.ts';
export { refuseDeclined } from './declined.ts';
export { MemberDesk } from './member-desk.ts';
export { OfficerDesk } from './officer-desk.ts';
export { Parties } from './parties.ts';
export { LISTED, shownItem, WHOLE } from './present.ts';
export { RequestList, type Waiting } from './request-list.ts';
export { ReviewDesk, type Reviewer } from './review-desk.ts';
export { tally, type Tally } from './tally.ts';
