export {
  DIRECTORY_SHARES,
  MAX_AGREEMENT_BYTES,
  openAgreement,
  readAgreement,
  signAgreement,
  type Agreement,
  type DirectoryShare,
} from './agreement.ts';
export {
  MAX_RECEIPT_BYTES,
  openReceipt,
  readReceipt,
  signReceipt,
  signedPartsOfReceipt,
  type Receipt,
} from './receipt.ts';
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
