export {
  DIRECTORY_SHARES,
  MAX_AGREEMENT_BYTES,
  MAX_RETENTION_FLOOR_DAYS,
  openAgreement,
  readAgreement,
  signAgreement,
  type Agreement,
  type DirectoryShare,
} from './agreement.ts';
export {
  openLetter,
  readLetter,
  signLetter,
  type ExpectedLetter,
  type Letter,
  type LetterKind,
} from './letter.ts';
export {
  MAX_MATTER_LENGTH,
  MAX_PRESERVATION_BYTES,
  MAX_PRESERVATION_REASON_LENGTH,
  MAX_PRESERVED_NAMES,
  preservationId,
} from './preservation.ts';
export {
  MAX_RECEIPT_BYTES,
  openReceipt,
  readReceipt,
  signReceipt,
  signedPartsOfReceipt,
  type Receipt,
} from './receipt.ts';
export { MAX_REPORT_BYTES, MAX_REPORT_REASON_LENGTH, VERDICTS, type Verdict } from './report.ts';
export {
  MAX_ROSTER_BYTES,
  REVOCATION_REASONS,
  isRevoked,
  openRoster,
  readRoster,
  revocationOf,
  signRoster,
  signedPartsOfRoster,
  type Revocation,
  type Roster,
  type RosterNode,
} from './roster.ts';
export { openStatement, readStatement, signStatement } from './statement.ts';
