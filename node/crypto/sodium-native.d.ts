/** The part of sodium-native that is used here; the package brings no types. */
declare module 'sodium-native' {
  interface Sodium {
    readonly crypto_sign_BYTES: number;
    readonly crypto_sign_PUBLICKEYBYTES: number;
    readonly crypto_sign_SECRETKEYBYTES: number;
    sodium_malloc(bytes: number): Uint8Array;
    crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
    crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void;
    crypto_shorthash(hash: Uint8Array, message: Uint8Array, key: Uint8Array): void;
    crypto_scalarmult_base(publicKey: Uint8Array, secret: Uint8Array): void;
    crypto_scalarmult(shared: Uint8Array, secret: Uint8Array, publicKey: Uint8Array): void;
    crypto_sign_ed25519_pk_to_curve25519(key: Uint8Array, publicKey: Uint8Array): void;
    crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
  }
  const sodium: Sodium;
  export default sodium;
}
