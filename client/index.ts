export type { ArchivePage, FoundInArchive, Looking, Opened, Wanted } from './archive/index.ts';
export type { CaseEntry, CasePage } from './cases/index.ts';
export { Client, createClient } from './client.ts';
export type { ClientOptions } from './client-parts.ts';
export type { Contacts } from './contacts.ts';
export type { HistoryPage, Revision, ShownMessage } from './history-page.ts';
export type { ConversationInfo } from './conversation-book.ts';
export type { ComposeMail, Exported, ExportTarget, Mail, OfCase } from './export/index.ts';
export { enrol, type Waiting } from './enrolment.ts';
export type {
  DeliveryEvent,
  FeedEvent,
  IdentityEvent,
  MessageEvent,
  ReportEvent,
  Sender,
} from './feed/index.ts';
export type { ReportMade } from './message-requests.ts';
export type { ReviewPage, Reviewed, ShownReview } from './reviews/index.ts';
export type { Acted, HoldInForce, OpenedRequest } from './oversight/index.ts';
export type { NewFile, Outcome } from './outbox/index.ts';
export type {
  After,
  Description,
  Link,
  Platform,
  Store,
  StoreOp,
  StoreRange,
  Transport,
  Unsealer,
} from './platform.ts';
export { formatProfile, parseProfile, type Profile } from './profile.ts';
export type { ConnectionState } from './session/index.ts';
export type { Settled } from './settling.ts';
export type { ConversationChange, NewConversation, Sending } from './writer.ts';
export type { CaseInfo, HoldNotice, OwnDevice, RecordingNotice, Requesting } from '../protocol/wire/index.ts';
export type { Erasure } from './wipe.ts';
export type { Lock } from './device-lock.ts';
