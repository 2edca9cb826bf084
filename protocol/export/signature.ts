/**
 * The officer's signature of an export: by the device's key over the hash of the manifest and the certificates it is
 * to be checked with, so that no byte of either file can be another one.
 */
import { z } from 'zod';
import type { VerifiedPath } from '../certificate/index.ts';
import type { CryptoSuite, Signer } from '../crypto/index.ts';
import { encodeCbor } from '../encoding/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { verifyChain } from '../identity/index.ts';
import { signedBytes } from '../signing/index.ts';
import { base64, toBase64 } from './base64.ts';
import { parseExact } from './json.ts';

const shape = z.strictObject({
  v: z.literal(1),
  /** SHA-256 of the manifest. */
  manifest: base64(32),
  /** Device, issuer, root (DER). */
  chain: z.array(base64(2_048)).length(3),
  signature: base64(64),
});

type Signature = z.infer<typeof shape>;

/** Who signed, and the hash of the manifest that was signed. */
export interface OpenedSignature {
  readonly manifest: Uint8Array;
  readonly officer: VerifiedPath;
  readonly address: string;
}

/** The text of the file. `hash` is the SHA-256 of the manifest, `chain` the certificates of the device. */
export async function signManifest(
  hash: Uint8Array,
  chain: readonly Uint8Array[],
  signer: Signer,
): Promise<string> {
  const signature = await signer.sign(signedOf({ manifest: hash, chain: [...chain] }));
  return format({ v: 1, manifest: hash, chain: [...chain], signature });
}

/** Refuses with `export.damaged`: it is not as it was written, or not an officer's. */
export function openSignature(bytes: Uint8Array, suite: CryptoSuite): Result<OpenedSignature> {
  const parsed = parseExact(bytes, shape, format);
  if (!parsed.ok) return parsed;
  const { manifest, chain, signature } = parsed.value;
  const path = verifyChain(chain, null, suite);
  if (!path.ok) return refuse('export.damaged', `its certificates do not verify: ${path.refusal.message}`);
  const { subject, publicKey } = path.value;
  if (subject.kind !== 'device' || !subject.roles.includes('compliance-officer'))
    return refuse('export.damaged', 'its certificate is not that of a compliance officer’s device');
  return suite.verifyEd25519(publicKey, signedOf(parsed.value), signature)
    ? accept({ manifest, officer: path.value, address: subject.address.text })
    : refuse('export.damaged', `it is not signed by the device of ${subject.address.text}`);
}

function format({ v, manifest, chain, signature }: Signature): string {
  const written = {
    v,
    manifest: toBase64(manifest),
    chain: chain.map(toBase64),
    signature: toBase64(signature),
  };
  return `${JSON.stringify(written, null, 1)}\n`;
}

function signedOf({ manifest, chain }: Pick<Signature, 'manifest' | 'chain'>): Uint8Array {
  return signedBytes('export', encodeCbor({ v: 1, manifest, chain }));
}
