/**
 * The identity bundle: all that a stranger needs to know who a node or a device is, offline.
 * Sent once a session and cached by its hash.
 */
import { z } from 'zod';
import { bytes, decodeCbor, encodeCbor } from '../encoding/index.ts';
import { accept, valueOf, type Result } from '../errors/index.ts';

/** Bytes of a certificate (DER), of a DNSSEC proof, and of a whole bundle with the largest roster. */
const MAX_CERTIFICATE_BYTES = 2_048;
const MAX_PROOF_BYTES = 8_192;
const MAX_BUNDLE_BYTES = 160_000;

/** The oldest root and the handovers from it that a verifier may have to walk: the oldest drop out. */
export const MAX_HANDOVERS = 8;

const certificate = bytes(MAX_CERTIFICATE_BYTES);

const shape = z.strictObject({
  v: z.literal(1),
  /** DNSSEC proof of the TXT record; null where the domain has none. */
  proof: bytes(MAX_PROOF_BYTES).nullable(),
  /** Leaf, issuer, root. */
  chain: z.array(certificate).length(3),
  /**
   * The oldest root, then each successor certified by its predecessor. Null where there are some, but they are left
   * out, since hardly any verifier needs them: it asks. Empty where there are none.
   */
  handovers: z.array(certificate).max(MAX_HANDOVERS).nullable(),
  /** For nodes: the statement signer's certificate, under the same issuer, and the roster it signed. */
  statement: certificate.nullable(),
  roster: bytes(MAX_BUNDLE_BYTES).nullable(),
});

export interface Bundle {
  readonly proof: Uint8Array | null;
  readonly chain: readonly Uint8Array[];
  /** Null: left out, ask for them. */
  readonly handovers: readonly Uint8Array[] | null;
  readonly statement: Uint8Array | null;
  readonly roster: Uint8Array | null;
}

export function encodeBundle(bundle: Bundle): Uint8Array {
  return encodeCbor({ v: 1, ...bundle });
}

export function decodeBundle(encoded: Uint8Array): Result<Bundle> {
  const decoded = decodeCbor(encoded, MAX_BUNDLE_BYTES, shape, 'identity bundle');
  if (!decoded.ok) return decoded;
  const { v: _version, ...bundle } = decoded.value;
  return accept(bundle);
}

/** The bundle without its handovers, where it has any: what is shown until someone asks. Throws for what is no bundle of ours. */
export function withoutHandovers(encoded: Uint8Array): Uint8Array {
  const bundle = valueOf(decodeBundle(encoded));
  return bundle.handovers === null || bundle.handovers.length === 0
    ? encoded
    : encodeBundle({ ...bundle, handovers: null });
}
