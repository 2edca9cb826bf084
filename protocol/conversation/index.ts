export {
  advance,
  decodeConversation,
  domainOf,
  domainsOf,
  encodeConversation,
  type Conversation,
} from './conversation.ts';
export { inOrder } from './order.ts';
