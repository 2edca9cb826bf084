/**
 * What a restored home needs beside the log, as one signed note: configuration, certificates, and the private keys where
 * they were asked for, each under its passphrase. Signed by the log's own key under a name of its own, so that it cannot
 * pass for a checkpoint; whoever has the certificates in it can check it.
 */
import { z } from 'zod';
import { NOTE_BYTES_MAX, openNote, parseNote, signNote } from '../../protocol/checkpoint/index.ts';
import type { CryptoSuite, Sha256, Signer } from '../../protocol/crypto/index.ts';
import { accept, ChanceryError, refuse, type Result } from '../../protocol/errors/index.ts';
import { verifyChain } from '../../protocol/identity/index.ts';

const der = z.base64().max(4_096);

const manifestShape = z.strictObject({
  v: z.literal(1),
  domain: z.string(),
  /** When the backup was made, and by which version of the program. */
  time: z.iso.datetime(),
  version: z.string(),
  size: z.number().int().nonnegative(),
  root: z.hex(),
  /** The configuration's text. */
  config: z.string(),
  /** DER in base64: those in force when the backup was made. */
  certificates: z.strictObject({ root: der, issuer: der, statement: der, node: der }),
  /** The partners' keys as witnesses: raw Ed25519 in base64. */
  witnesses: z.array(z.strictObject({ domain: z.string(), key: z.base64().length(44) })),
  /** How many files of messages belong to it, and SHA-256 of the list of them in hex; left out where there are none. */
  attachments: z.strictObject({ count: z.number().int().positive(), digest: z.hex().length(64) }).optional(),
  /** Key files as they are kept, all under a passphrase; empty unless they were asked for. */
  keys: z.array(z.strictObject({ name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/), text: z.string() })),
});

export type Manifest = Omit<z.infer<typeof manifestShape>, 'v'>;

export interface OpenedManifest {
  readonly manifest: Manifest;
  /** The fingerprint of the root that vouches for it. */
  readonly rootId: string;
  /** Raw Ed25519: what the checkpoint is signed with too. */
  readonly statementKey: Uint8Array;
}

/** Throws `limit.exceeded` where configuration and keys are too large for one note. */
export async function signManifest(manifest: Manifest, signer: Signer, sha256: Sha256): Promise<string> {
  const name = nameOf(manifest.domain);
  const text = `${name}\n${JSON.stringify({ v: 1, ...manifest })}\n`;
  const note = await signNote(text, name, signer, sha256);
  if (Buffer.byteLength(note) <= NOTE_BYTES_MAX) return note;
  throw new ChanceryError(
    'limit.exceeded',
    `configuration and keys of this home take more than ${NOTE_BYTES_MAX} bytes; keep the keys apart, with chancery key backup`,
  );
}

/** Refuses with `backup.damaged`: a certificate, the signature or the form is not as it was written. */
export function openManifest(note: Uint8Array, suite: CryptoSuite): Result<OpenedManifest> {
  const read = readManifest(note);
  if (!read.ok) return read;
  const manifest = read.value;
  const { statement, issuer, root } = manifest.certificates;
  const path = verifyChain([statement, issuer, root].map(fromBase64), null, suite);
  if (!path.ok) return damaged(path.refusal.message);
  const { domain, subject, rootId, publicKey } = path.value;
  if (subject.kind !== 'statement' || domain !== manifest.domain)
    return damaged('its certificates are not those of its organisation');
  const opened = openNote(note, { name: nameOf(domain), publicKey }, suite);
  return opened.ok ? accept({ manifest, rootId, statementKey: publicKey }) : damaged(opened.refusal.message);
}

function readManifest(note: Uint8Array): Result<Manifest> {
  const parsed = parseNote(note);
  if (!parsed.ok) return damaged(parsed.refusal.message);
  const [name, json = '', ...rest] = parsed.value.text.split('\n');
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return damaged('it is not what was signed');
  }
  const manifest = manifestShape.safeParse(value);
  if (!manifest.success || rest.join('') !== '') return damaged('it is not of the form of a manifest');
  const { v: _v, ...known } = manifest.data;
  return name === nameOf(known.domain) ? accept(known) : damaged('its name is of another organisation');
}

function nameOf(domain: string): string {
  return `${domain}/chancery/backup`;
}

/** Bytes of what a manifest holds in base64. */
export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

function damaged(why: string): ReturnType<typeof refuse> {
  return refuse('backup.damaged', `the manifest of the backup cannot be used: ${why}; use another copy`);
}
