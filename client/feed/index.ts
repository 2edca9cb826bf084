export {
  inDisplayOrder,
  type DeliveryEvent,
  type FeedEvent,
  type IdentityEvent,
  type MessageEvent,
  type Sender,
} from './event.ts';
export { FeedLog } from './feed-log.ts';
export { Reader } from './reader.ts';
export { Verifier } from './verifier.ts';
