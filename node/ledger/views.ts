/** The one table of views: what each kind of fact changes. Nothing else writes to a view. */
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import type { ArchiveLog } from '../archive/index.ts';
import type { ViewSealer } from '../sealing/index.ts';
import { absenceView } from './absences.ts';
import { accessView } from './accesses.ts';
import { audited } from './audit.ts';
import { authorityView, epochView } from './authorities.ts';
import { caseView } from './case-view.ts';
import { checkpointEvidenceView } from './checkpoint-evidence.ts';
import { cosignatureView } from './cosignatures.ts';
import { auditReadView, canaryView, comparedView } from './controls.ts';
import { dataKeyView, dataKeyWrapsView, windowClosedView } from './data-keys.ts';
import { inspectionView } from './inspections.ts';
import { contactView } from './contacts.ts';
import { decisionView, policyView } from './decisions.ts';
import { deviceReportView, deviceWipeView } from './device-reports.ts';
import { disposalView } from './disposals.ts';
import { disownedView } from './disowned.ts';
import { enrolmentView } from './enrolment-requests.ts';
import { erasureView } from './erasures.ts';
import { evidenceView } from './evidence.ts';
import { holdNoticeView } from './hold-notices.ts';
import { holdReleaseView, holdView } from './holds.ts';
import { Ledger } from './ledger.ts';
import { lossAcceptedView, lossView } from './losses.ts';
import { deviceView, invitationView, memberView } from './members.ts';
import { messageView, receiptView } from './message-views.ts';
import { newsView } from './news.ts';
import { officerActView, oversightPolicyView } from './officer-acts.ts';
import { agreementView, forgottenView, organisationView, proofView, rosterView } from './partners.ts';
import { preservationView } from './preservations.ts';
import { receiptEvidenceView } from './receipt-evidence.ts';
import { recordingNoticeView } from './recording-notices.ts';
import { remadeUpTo } from './remake.ts';
import { reportView } from './report-views.ts';
import { reviewView } from './review-queue.ts';
import { certificateView } from './signers.ts';
import type { ViewTable } from './view.ts';

export const VIEWS: ViewTable = audited({
  message: messageView,
  receipt: receiptView,
  refusal: () => [],
  certificate: certificateView,
  member: memberView,
  device: deviceView,
  'device-report': deviceReportView,
  'device-wipe': deviceWipeView,
  invitation: invitationView,
  enrolment: enrolmentView,
  agreement: agreementView,
  organisation: organisationView,
  proof: proofView,
  authority: authorityView,
  epoch: epochView,
  disowned: disownedView,
  roster: rosterView,
  'roster-forgotten': forgottenView,
  news: newsView,
  evidence: evidenceView,
  'checkpoint-evidence': checkpointEvidenceView,
  'receipt-evidence': receiptEvidenceView,
  cosignature: cosignatureView,
  loss: lossView,
  'loss-accepted': lossAcceptedView,
  'data-key': dataKeyView,
  'data-key-wraps': dataKeyWrapsView,
  'window-closed': windowClosedView,
  access: accessView,
  disposal: disposalView,
  hold: holdView,
  'hold-release': holdReleaseView,
  'hold-notice': holdNoticeView,
  erasure: erasureView,
  case: caseView,
  'officer-act': officerActView,
  'oversight-policy': oversightPolicyView,
  absence: absenceView,
  'recording-notice': recordingNoticeView,
  preservation: preservationView,
  policy: policyView,
  decision: decisionView,
  review: reviewView,
  contact: contactView,
  report: reportView,
  canary: canaryView,
  inspection: inspectionView,
  'audit-read': auditReadView,
  administration: comparedView,
});

/** The ledger of a domain on its log. Throws `archive.unindexed` while its views are being made anew. */
export function ledgerOn(log: ArchiveLog, domain: string, sha256: Sha256, sealer: ViewSealer): Ledger {
  const ledger = ledgerToRemake(log, domain, sha256, sealer);
  const upTo = remadeUpTo(ledger);
  if (upTo === undefined) return ledger;
  throw new ChanceryError(
    'archive.unindexed',
    `the views of the archive were being made anew, and are so up to entry ${upTo}; run chancery archive reindex, which goes on`,
    { facts: { upTo } },
  );
}

/** The same, whatever became of its views: for who makes them. */
export function ledgerToRemake(log: ArchiveLog, domain: string, sha256: Sha256, sealer: ViewSealer): Ledger {
  return new Ledger({ log, domain, sha256, views: VIEWS, sealer });
}
