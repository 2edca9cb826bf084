export {
  FILE_CHUNK_BYTES,
  MAX_ENVELOPE_BYTES,
  MAX_FILE_BYTES,
  MAX_ORIGIN_BYTES,
  MAX_PARENTS,
  MAX_TEXT_BYTES,
  MAX_TITLE_BYTES,
} from './limits.ts';
export { contentShape } from './content.ts';
export type {
  AttachmentContent,
  Content,
  CreateContent,
  EditContent,
  MembershipContent,
  RecallContent,
  TextContent,
} from './content.ts';
export { chunkLength, chunksOf, fileShape, isFileName, isMediaType, type FileInfo } from './file.ts';
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
