export { Absences, type Absence, type AbsenceRecord } from './absences.ts';
export { Accesses, type Access, type AccessRecord } from './accesses.ts';
export { rolesOf } from './acquaintances.ts';
export { AUDITED_KINDS, Audit } from './audit.ts';
export type { AgreedFloors } from './agreed-floors.ts';
export { Authorities, type AuthorityRecord } from './authorities.ts';
export {
  MAX_EVENTS,
  MAX_REVIEWERS,
  MAX_SEARCHES,
  MAX_TAGGED,
  MAX_TAGS,
  MAX_TAGS_OF_MESSAGE,
} from './case-view.ts';
export { Cases, type Case, type SavedSearch, type TaggedMessage } from './cases.ts';
export { CheckpointEvidence, type CheckpointEvidenceRecord } from './checkpoint-evidence.ts';
export { Controls, type Trial } from './controls.ts';
export { Cosignatures, type CosignatureRecord } from './cosignatures.ts';
export { decodeSequence, encodeSequence } from './view-key.ts';
export { inspectionOf } from './inspections.ts';
export { isListed } from './prefixes.ts';
export { isContact, isDeclined } from './contacts.ts';
export { Decisions, isOfPolicy, type DecisionEntry } from './decisions.ts';
export { MAX_LEFT, MAX_REPORTED_HOSTS } from './report-shape.ts';
export { reportOfRule, ruleOfReport, type Suspected } from './report-views.ts';
export { Reports, type ReportEntry } from './reports.ts';
export { Requests, type ContactEntry, type Request } from './requests.ts';
export { ReviewQueue, type Queued, type Reviewed } from './review-queue.ts';
export { DataKeys, type OfficerDevice } from './data-keys.ts';
export { certificates, firstAwaited, pendingEffects } from './disposals.ts';
export { disownedFact, isDisowned } from './disowned.ts';
export { DeviceReports, type DeviceReport } from './device-reports.ts';
export { EnrolmentRequests, isPending, type EnrolmentRequest } from './enrolment-requests.ts';
export { Erasures, type Erasure } from './erasures.ts';
export { Evidence, type EvidenceRecord } from './evidence.ts';
export { Exchanges, type ExchangeRow } from './exchanges.ts';
export { del, fact, put, type Fact } from './fact.ts';
export type { HeaderOf } from './headers.ts';
export { HoldNotices } from './hold-notices.ts';
export { holdsOn, matterOf, MAX_HOLDS, type Hold, type HoldRelease, type HoldScope } from './holds.ts';
export { APPROVED_WITHIN_MS, OfficerActs, type OfficerRequest } from './officer-acts.ts';
export { Holds, type PlacedHold } from './placed-holds.ts';
export { Ledger, type AppendObserver } from './ledger.ts';
export { Losses, type LossRecord } from './losses.ts';
export { ANY_MESSAGE, FACTS, tellTokens } from './message-tokens.ts';
export {
  INVITATION_LIFE_MS,
  Members,
  type Act,
  type Device,
  type Invitation,
  type Member,
  type MemberChange,
} from './members.ts';
export { Messages, type AdmittedMessage, type FeedRow, type Outgoing, type Sent } from './messages.ts';
export { reportAt, reports, type Report } from './news.ts';
export { shownConversation, unseenSince } from './shown-conversations.ts';
export { conversationFor, conversationsFor } from './member-conversations.ts';
export {
  Partners,
  type AgreementRecord,
  type OrganisationRecord,
  type RosterRecord,
  type Sighting,
} from './partners.ts';
export { Preservations, type Preservation, type PreservationRecord } from './preservations.ts';
export {
  MAX_CHECKPOINT_LENGTH,
  decodeRecord,
  encodeRecord,
  recordOf,
  type RecordKind,
  type RecordOf,
} from './records.ts';
export { RecordingNotices } from './recording-notices.ts';
export { ReceiptEvidence, type ReceiptEvidenceRecord } from './receipt-evidence.ts';
export {
  DEFAULT_FLOOR_DAYS,
  DEFAULT_SCHEDULE,
  floorOf,
  scheduledBy,
  textOf,
  type Classified,
  type Scheduled,
  type ScheduleOf,
} from './schedule.ts';
export { Signers, type KnownSigner } from './signers.ts';
export { Turn } from './turn.ts';
export { remadeUpTo, remakeViews } from './remake.ts';
export { ledgerOn, ledgerToRemake } from './views.ts';
