export { sodiumSigner, sodiumSuite } from './sodium.ts';
