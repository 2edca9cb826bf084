export { readFrame, writeFrame, type FrameChannel } from './channel.ts';
export { JoinedWrites } from './joined-writes.ts';
export {
  MAX_PAGE,
  deviceAnswerShape,
  deviceRequestShape,
  type DeviceAnswer,
  type DeviceRequest,
  type FeedItem,
  type OwnDevice,
} from './device-frames.ts';
export {
  enrolAnswerShape,
  enrolShape,
  standingAnswerShape,
  strangerRequestShape,
  wipedAnswerShape,
  type EnrolAnswer,
  type EnrolFrame,
  type StandingAnswer,
  type StrangerRequest,
  type WipedAnswer,
} from './enrolment-frames.ts';
export {
  MAX_DIRECTORY_PAGE,
  MAX_HELD_PAGE,
  federationAnswerShape,
  federationRequestShape,
  type BundleFrame,
  type FileFrame,
  type DirectoryFrame,
  type DirectoryPage,
  type FederationAnswer,
  type FederationRequest,
  type HeldFileFrame,
  type HeldFrame,
  type PreservationFrame,
  type ReportFrame,
  type HeldPage,
  type LetterFrame,
} from './federation-frames.ts';
export { MAX_HOLD_NOTICES, type HoldNotice } from './hold-frames.ts';
export type { Confirmation, Redaction, Ruled } from './policy-frames.ts';
export { MAX_REQUESTING, type Requesting } from './request-frames.ts';
export {
  LISTED_FINDINGS,
  LISTED_REASONS,
  MAX_REVIEWS,
  MAX_REVIEW_REASON_LENGTH,
  MAX_SHOWN_FINDINGS,
  MAX_SHOWN_REASONS,
  REPORT_TRAITS,
  REVIEW_OUTCOMES,
  type ReportTrait,
  type ReviewItem,
  type ReviewOutcome,
} from './review-frames.ts';
export { MAX_NOTICE_LENGTH, languageTagShape, type RecordingNotice } from './recording-frames.ts';
export { zlibDeflate, type Deflate } from './deflate.ts';
export {
  identityAnswerShape,
  identityShape,
  type IdentityAnswer,
  type IdentityFrame,
} from './identity-frames.ts';
export { MAX_CASES, MAX_CASE_EVENTS, type CaseInfo } from './case-frames.ts';
export { LEVELS, identityNewsShape, type IdentityNews } from './identity-news.ts';
export { formatInvitation, parseInvitation, type Invitation } from './invitation.ts';
export {
  MAX_COSIGNED,
  MAX_DISCLOSED,
  MAX_FOUND,
  MAX_PROVEN,
  MAX_TRAIL,
  soughtShape,
  type CosignedNote,
  type DisclosedEntry,
  type FoundMessage,
  type Sought,
  type WithheldEntry,
} from './officer-frames.ts';
export { MAX_ABOUT } from './officer-about-frames.ts';
export { MAX_DISCLOSED_BYTES, type OpenEntry } from './open-entry.ts';
export { MAX_CASE_LENGTH, MAX_PURPOSE_LENGTH, groundsShape, type Grounds } from './officer-grounds.ts';
export { MAX_REQUESTS_SHOWN, type ShownRequest } from './oversight-frames.ts';
export {
  FEDERATION_WINDOW_BYTES,
  FEDERATION_WINDOW_MESSAGES,
  MAX_BUNDLE_BYTES,
  MAX_BUNDLE_MESSAGES,
  MAX_FILES_WAITING,
  MAX_FRAME_BYTES,
  MAX_STRANGER_FRAME_BYTES,
  PROTOCOLS,
  PROVE_WITHIN_MS,
  type ProtocolName,
} from './protocols.ts';
export {
  MAX_SHOWN_ENTRIES,
  reconcileAnswerShape,
  reconcileRequestShape,
  type ReconcileAnswer,
  type ReconcileRequest,
  type ShownEntry,
} from './reconcile-frames.ts';
export { refusalFrame, refusalOf, type RefusalFrame } from './refusal.ts';
export { relayAnswerShape, relayRequestShape, type RelayAnswer, type RelayRequest } from './relay-frames.ts';
export {
  MAX_REPLICATED,
  primaryFrameShape,
  replicaFrameShape,
  type PrimaryFrame,
  type ReplicaFrame,
} from './replication-frames.ts';
export { FILE_PART_BYTES, MAX_SEALED_FILE_BYTES } from './replicated-files.ts';
export {
  witnessAnswerShape,
  witnessRequestShape,
  type WitnessAnswer,
  type WitnessRequest,
} from './witness-frames.ts';
export type { MessageSigner, Person } from './signer.ts';
