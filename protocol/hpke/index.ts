export { receivingKeys, sendingKeys } from './hpke.ts';
export { nobleX25519, secretOfEd25519, type X25519 } from './x25519.ts';
