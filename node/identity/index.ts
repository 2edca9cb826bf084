export { createOrganisation, peerIdOf, type NewOrganisation } from './create.ts';
export { gatewayAddresses } from './addresses.ts';
export { Authority } from './authority.ts';
export { checkPin, findDomain, type FoundDomain } from './domain-lookup.ts';
export { OwnProof } from './own-proof.ts';
export { rawKey } from './peer-key.ts';
export { Trust } from './trust.ts';
