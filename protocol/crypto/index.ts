export { isStrictlyEncoded, isUsableKey } from './ed25519.ts';
export { nobleSigner, nobleSuite } from './noble.ts';
export type { CryptoSuite, Sha256, Signer, VerifyEd25519 } from './suite.ts';
