/** The operations that verifying DNSSEC needs, handed in. Neither throws on hostile keys, signatures or data. */
export interface DnssecCrypto {
  /**
   * Whether the signature holds. `algorithm` is one of `ALGORITHM`; `publicKey` and `signature` are in the form that
   * DNSSEC gives them (RFC 3110 and 5702, RFC 6605, RFC 8080). A key that cannot be used is `false`.
   */
  verify(algorithm: number, publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): Promise<boolean>;
  /** The digest of a DS record; `digestType` is one of `DIGEST`. */
  digest(digestType: number, data: Uint8Array): Promise<Uint8Array>;
}
