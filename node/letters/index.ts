export { refuseMore, type Allowance } from './allowance.ts';
export { Inbox, type From, type Taken, type Taker } from './inbox.ts';
export { Outbox, type Matter, type Problem, type Waiting } from './outbox.ts';
