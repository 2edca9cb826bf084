export { MAX_ATTESTATION_BYTES, openAttestation, signAttestation, type Attestation } from './attestation.ts';
export {
  FACT_NAMES,
  evidenceOf,
  evidenceShape,
  factsShape,
  knownFactsShape,
  mergeFacts,
  type DeviceFacts,
  type Evidence,
  type FactName,
  type KnownFacts,
} from './facts.ts';
export {
  MAX_NOTICE_BYTES,
  openRevocationNotice,
  signRevocationNotice,
  type RevocationNotice,
} from './revocation-notice.ts';
export {
  compareVersions,
  describeBreach,
  judgeFacts,
  tooMany,
  type Breach,
  type DeviceRules,
} from './rules.ts';
