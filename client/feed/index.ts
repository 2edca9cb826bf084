export {
  inDisplayOrder,
  type DeliveryEvent,
  type FeedEvent,
  type IdentityEvent,
  type MessageEvent,
  type ReportEvent,
  type Sender,
} from './event.ts';
export { FeedLog } from './feed-log.ts';
export { messageEvent } from './message-event.ts';
export { Reader, signersOf } from './reader.ts';
export { Verifier } from './verifier.ts';
