export {
  confirm,
  decodeState,
  encodeState,
  follow,
  parentsIn,
  withdraw,
  write,
  type ConversationState,
} from './conversation-state.ts';
