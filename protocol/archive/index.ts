export { isAbout, isAboutKind } from './about-person.ts';
export { accessRecordShape, decodeAccessRecord, type AccessRecord } from './access-record.ts';
export { archivedMessageShape, decodeArchivedMessage, type ArchivedMessage } from './archived-message.ts';
export {
  caseEventShape,
  caseEventText,
  caseNameShape,
  caseNoteShape,
  caseTagShape,
  decodeCaseEvent,
  MAX_CASE_NAME,
  MAX_TAGGED_AT_ONCE,
  type CaseAct,
  type CaseEvent,
  type PlacedCaseEvent,
} from './case-event.ts';
export { caseOf, type CaseMessage, type CaseNote, type CaseSearch, type CaseState } from './case-state.ts';
export { commitTo, decodeEntry, decodeProvenEntry, encodeEntry, SALT_BYTES, type Entry } from './entry.ts';
export { decodeEntryBundle, encodeEntryBundle } from './entry-bundle.ts';
export {
  decodeDisposal,
  DISPOSED_MAX,
  disposalShape,
  type Disposal,
  type Disposed,
  type Ground,
} from './disposal.ts';
export { holdNoticeTextShape, MAX_HOLD_NOTICE_LENGTH } from './hold-notice.ts';
export { holdScopeShape, type HoldScope } from './hold-scope.ts';
export { joinFramed, splitFramed } from './framing.ts';
export { ENTRY_KINDS, type EntryKind } from './kinds.ts';
export { DATA_KEY_ID_BYTES, DATA_KEY_INFO, dataKeyContext, monthOf, type DataKeyName } from './data-key.ts';
export {
  boundTo,
  headerAlone,
  decodeSealed,
  joinSalted,
  sealedFrame,
  NONCE_BYTES,
  splitSalted,
  type OpenedContent,
} from './sealed.ts';
export { FILE_KEY_BYTES, SEALED_CHUNK_BYTES, chunkContext, chunkNonce, sealedChunk } from './sealed-file.ts';
