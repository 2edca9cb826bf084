export { MAX_HANDOVERS, decodeBundle, encodeBundle, withoutHandovers, type Bundle } from './bundle.ts';
export { formatRecord, parseRecords, recordName, type DomainRecord, type DomainRecords } from './record.ts';
export {
  proveDomain,
  verifyBundle,
  verifyChain,
  type ProvenDomain,
  type VerificationContext,
  type VerifiedIdentity,
} from './verify.ts';
