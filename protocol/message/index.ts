export {
  MAX_ENVELOPE_BYTES,
  MAX_ORIGIN_BYTES,
  MAX_PARENTS,
  MAX_TEXT_BYTES,
  MAX_TITLE_BYTES,
} from './limits.ts';
export type {
  Content,
  CreateContent,
  EditContent,
  MembershipContent,
  RecallContent,
  TextContent,
} from './content.ts';
export {
  decodeBody,
  decodeMessage,
  decodeProvenMessage,
  envelopeId,
  messageId,
  provenContent,
  signMessage,
  type DecodedMessage,
  type MessageBody,
} from './message.ts';
export { verifyMessage, type SigningDevice, type VerifiedMessage } from './verify.ts';
