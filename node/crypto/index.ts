export { aesKey, aesOpen, aesSeal, aesSealInto, type AesKey } from './aes-gcm.ts';
export { keepOutOfCoreDumps } from './core-dumps.ts';
export { moveToSecureMemory } from './secure-memory.ts';
export { sodiumSigner, sodiumSuite } from './sodium.ts';
export { sodiumX25519 } from './x25519.ts';
