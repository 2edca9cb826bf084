export { createOrganisation, peerIdOf, type NewOrganisation } from './create.ts';
export { gatewayAddresses } from './addresses.ts';
export { Authority } from './authority.ts';
export { checkPin, findDomain, type FoundDomain } from './domain-lookup.ts';
export { OwnProof } from './own-proof.ts';
export { rawKey } from './peer-key.ts';
export { Rotation, makeNextRoot, type Cause, type Step } from './rotation.ts';
export { SigningKeys } from './signing-keys.ts';
export {
  answerRequest,
  certificatesOf,
  signingAnswerShape,
  signingRequestShape,
  type SigningAnswer,
  type SigningRequest,
} from './signing-request.ts';
export { Standing } from './standing.ts';
export { Trust } from './trust.ts';
