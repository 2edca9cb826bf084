/**
 * What an officer's device is handed of the archive, checked and opened here. Guarantees: what comes out is what the log
 * of the organisation holds under a checkpoint that it signed, in that place and with that time; it is what the entry
 * committed to when it was archived; and it is signed by who is said to have written it. Nothing of this is the node's word.
 */
import { equals } from 'uint8arrays/equals';
import {
  boundTo,
  commitTo,
  decodeArchivedMessage,
  decodeEntry,
  decodeSealed,
  splitSalted,
  type ArchivedMessage,
  type Entry,
} from '../../protocol/archive/index.ts';
import { logOrigin, openCheckpoint, type SignedCheckpoint } from '../../protocol/checkpoint/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { verifyChain } from '../../protocol/identity/index.ts';
import { hashLeaf, verifyInclusion } from '../../protocol/merkle/index.ts';
import type { DisclosedEntry } from '../../protocol/wire/index.ts';
import type { OpenedKeys } from './opened-keys.ts';

/** What it takes to check an answer: whose log it is, and whether a root is or was theirs. */
export interface Provenance {
  readonly suite: CryptoSuite;
  readonly domain: string;
  readonly isOwnRoot: (rootId: string) => boolean;
}

/**
 * The checkpoint of an answer, signed under the organisation's statement certificate as it holds at `at` (seconds).
 * Refuses with `certificate.*`, `identity.root-mismatch` or `checkpoint.*`.
 */
export function ownCheckpoint(
  note: string,
  chain: readonly Uint8Array[],
  at: number,
  { suite, domain, isOwnRoot }: Provenance,
): Result<SignedCheckpoint> {
  const path = verifyChain(chain, at, suite);
  if (!path.ok) return path;
  const { subject, domain: certified, rootId, publicKey } = path.value;
  if (subject.kind !== 'statement' || certified !== domain)
    return refuse('certificate.wrong-kind', `the checkpoint came with no statement certificate of ${domain}`);
  if (!isOwnRoot(rootId))
    return refuse(
      'identity.root-mismatch',
      `the checkpoint is signed under another root than that of ${domain}; ask your operator`,
    );
  return openCheckpoint(note, logOrigin(domain), publicKey, suite);
}

/** An entry that was opened: what its leaf says, what that commits to (salt first), and the message. */
export interface OpenedEntry {
  readonly salted: Uint8Array;
  readonly entry: Entry;
  readonly message: ArchivedMessage;
}

/**
 * Opens one entry. Refuses with `proof.invalid` what the log does not hold under the checkpoint, and with
 * `archive.damaged` what is not what the entry committed to, or does not open with the key that came along.
 */
export async function openDisclosed(
  disclosed: DisclosedEntry,
  { size, root }: Pick<SignedCheckpoint, 'size' | 'root'>,
  suite: CryptoSuite,
  keys: OpenedKeys,
): Promise<Result<OpenedEntry>> {
  const { sha256 } = suite;
  const { sequence, entry: data, proof, stored } = disclosed;
  const claim = { index: sequence, size, leafHash: hashLeaf(sha256, data), proof, root };
  const included = verifyInclusion(sha256, claim);
  if (!included.ok) return included;
  const entry = decodeEntry(data);
  if (!entry.ok) return entry;
  if (entry.value.kind !== 'message')
    return notAsArchived(sequence, `it is no message, but ${entry.value.kind}`);
  if (!equals(sha256(stored), entry.value.sealed))
    return notAsArchived(sequence, 'what is stored for it is not what the log holds');
  const salted = await unseal(disclosed, keys);
  if (salted === undefined) return notAsArchived(sequence, 'the key that came with it does not open it');
  const { salt, content } = splitSalted(salted);
  if (!equals(commitTo(sha256, salt, content), entry.value.commitment))
    return notAsArchived(sequence, 'its content is not what the entry committed to');
  const message = decodeArchivedMessage(content);
  return message.ok ? accept({ entry: entry.value, salted, message: message.value }) : message;
}

/** Salt and content; undefined where they do not open. */
async function unseal(
  { sequence, stored, key }: DisclosedEntry,
  keys: OpenedKeys,
): Promise<Uint8Array | undefined> {
  const sealed = decodeSealed(stored);
  if (sealed?.dataKey === undefined || !equals(sealed.dataKey, key.id)) return undefined;
  const dataKey = await keys.unwrap(key);
  if (dataKey === undefined) return undefined;
  return keys.open(dataKey, sealed.nonce, boundTo('content', sequence, 'message'), sealed.content);
}

function notAsArchived(sequence: number, why: string): ReturnType<typeof refuse> {
  return refuse(
    'archive.damaged',
    `entry ${sequence} is not shown: ${why}; have your operator run chancery archive verify`,
  );
}
