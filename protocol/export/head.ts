/** The checkpoint that an export is proven under, and what partners cosigned of the same log, verified from the export alone. */
import {
  logOrigin,
  openCheckpoint,
  openCosignatures,
  readCheckpoint,
  witnessName,
  type SignedCheckpoint,
} from '../checkpoint/index.ts';
import type { CryptoSuite } from '../crypto/index.ts';
import { accept, refuse, type Result } from '../errors/index.ts';
import { verifyChain } from '../identity/index.ts';
import { verifyConsistency } from '../merkle/index.ts';
import type { ExportManifest } from './manifest.ts';

/** The head of the log, and the root that vouches for it. */
export interface ExportHead {
  readonly checkpoint: SignedCheckpoint;
  readonly rootId: string;
}

/** A partner's cosignature: how much of the log it saw, and when, by its own clock (seconds). */
export interface ExportCosignature {
  readonly domain: string;
  readonly rootId: string;
  readonly size: number;
  readonly time: number;
}

/** `at` in seconds: when the export was made. Refuses with `certificate.*` or `checkpoint.*`. */
export function openHead(
  { checkpoint: note, chain, domain }: Pick<ExportManifest, 'checkpoint' | 'chain' | 'domain'>,
  at: number,
  suite: CryptoSuite,
): Result<ExportHead> {
  const path = statementOf(chain, domain, at, suite);
  if (!path.ok) return path;
  const { publicKey, rootId } = path.value;
  const checkpoint = openCheckpoint(note, logOrigin(domain), publicKey, suite);
  return checkpoint.ok ? accept({ checkpoint: checkpoint.value, rootId }) : checkpoint;
}

/** What a partner cosigned, if the head goes on from there. Refuses with `certificate.*`, `checkpoint.*` or `proof.invalid`. */
export function openCosigned(
  { domain, note, chain, proof }: ExportManifest['cosigned'][number],
  { checkpoint }: ExportHead,
  suite: CryptoSuite,
): Result<ExportCosignature> {
  const path = statementOf(chain, domain, null, suite);
  if (!path.ok) return path;
  const { publicKey, rootId } = path.value;
  const earlier = readCheckpoint(note);
  if (!earlier.ok) return earlier;
  const { origin, size, root: olderRoot } = earlier.value;
  if (origin !== checkpoint.origin)
    return refuse('checkpoint.malformed', `it is of the log ${origin}, not of ${checkpoint.origin}`);
  const lines = openCosignatures(note, [{ name: witnessName(domain), publicKey }], suite);
  if (!lines.ok) return lines;
  const [line] = lines.value;
  if (line === undefined) return refuse('checkpoint.bad-signature', `${domain} has not cosigned it`);
  const { size: newerSize, root: newerRoot } = checkpoint;
  const goesOn = verifyConsistency(suite.sha256, { olderSize: size, newerSize, olderRoot, newerRoot, proof });
  return goesOn.ok ? accept({ domain, rootId, size, time: line.time }) : goesOn;
}

function statementOf(
  chain: readonly Uint8Array[],
  domain: string,
  at: number | null,
  suite: CryptoSuite,
): ReturnType<typeof verifyChain> {
  const path = verifyChain(chain, at, suite);
  if (!path.ok) return path;
  const { subject, domain: certified } = path.value;
  return subject.kind === 'statement' && certified === domain
    ? path
    : refuse('certificate.wrong-kind', `it came with no statement certificate of ${domain}`);
}
