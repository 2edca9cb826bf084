export { Inbox } from './inbox.ts';
export { MAX_PER_DAY } from './limits.ts';
export { Outbox } from './outbox.ts';
export { ReportDesk } from './report-desk.ts';
export { Suspicion } from './suspicion.ts';
