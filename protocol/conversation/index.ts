export {
  advance,
  decodeConversation,
  domainOf,
  domainsOf,
  encodeConversation,
  follow,
  type Conversation,
} from './conversation.ts';
export { inOrder } from './order.ts';
export { refuseRevision, targetOf, type Target } from './revision.ts';
