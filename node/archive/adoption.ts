/**
 * Turns records that were archived elsewhere (on the primary, before a backup) into appends that take them over
 * unchanged. Guarantees: an entry is canonical, no older than the one before it, and what lies beside it is what it says.
 */
import { equals } from 'uint8arrays/equals';
import {
  decodeEntry,
  decodeSealed,
  type Entry,
  type EntryKind,
  type OpenedContent,
} from '../../protocol/archive/index.ts';
import type { Sha256 } from '../../protocol/crypto/suite.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import { frontierRoot, growTree, hashLeaf } from '../../protocol/merkle/index.ts';
import type { Head } from './head.ts';
import type { LogState } from './load.ts';
import { isSealed, type Place, type Sealer } from './sealer.ts';

/**
 * An entry as it is archived: the leaf's data, and the bytes that are stored beside it; of what was disposed of what is left,
 * mostly nothing.
 */
export interface StoredRecord {
  readonly entry: Uint8Array;
  readonly stored: Uint8Array;
}

/** A record that was looked at. */
export interface AdoptableRecord extends StoredRecord {
  readonly leafHash: Uint8Array;
  readonly kind: EntryKind;
  readonly time: number;
  /** What the views are made from, where that is not the content; empty otherwise, and where it was disposed of. */
  readonly header: Uint8Array;
  /** Whether the content is said to be disposed of; a certificate that follows has to bear it out. */
  readonly disposed: boolean;
  /** Null where it cannot be opened here: then what is stored is known to be what was archived, and no more. */
  readonly content: Uint8Array | null;
}

interface Opening {
  readonly sha256: Sha256;
  readonly sealer: Sealer;
}

/**
 * Checks records that are to follow a log and to lead to the head that is expected. Refuses with `archive.damaged`, naming
 * the sequence number, or `proof.invalid`.
 */
export function checkAdoption(
  keys: Opening,
  { head, tree }: LogState,
  records: readonly StoredRecord[],
  expected: Pick<Head, 'size' | 'root'>,
): Result<AdoptableRecord[]> {
  const checked = checkEach(keys, head.size, head.time, records);
  if (!checked.ok) return checked;
  const leaves = checked.value.map(({ leafHash }) => leafHash);
  const { frontier } = growTree(keys.sha256, tree, leaves).tree;
  if (frontier.size === expected.size && equals(frontierRoot(keys.sha256, frontier), expected.root))
    return checked;
  return refuse(
    'proof.invalid',
    `the entries from ${head.size} on do not lead to the log of ${expected.size} entries; ask for them again`,
  );
}

function checkEach(
  { sha256, sealer }: Opening,
  first: number,
  time: number,
  records: readonly StoredRecord[],
): Result<AdoptableRecord[]> {
  const checked: AdoptableRecord[] = [];
  let latest = time;
  for (const [at, { entry: bytes, stored }] of records.entries()) {
    const entry = decodeEntry(bytes);
    if (!entry.ok) return damaged(first + at, entry.refusal.message);
    const { kind } = entry.value;
    const place = { sequence: first + at, kind };
    if (isCut(stored)) {
      const left = stored.length === 0 ? stored : sealer.header(place, stored);
      if (entry.value.time < latest || !DISPOSABLE.has(kind) || left === undefined)
        return damaged(first + at, 'its content is missing');
      latest = entry.value.time;
      const leafHash = hashLeaf(sha256, bytes);
      checked.push({
        entry: bytes,
        stored,
        leafHash,
        kind,
        time: latest,
        header: left,
        content: null,
        disposed: true,
      });
      continue;
    }
    const header = sealer.header(place, stored);
    const salted = contentOf(sealer, place, stored);
    const problem = problemOf(sha256, entry.value, latest, stored, salted);
    if (problem !== undefined) return damaged(first + at, problem);
    if (header === undefined || salted === undefined) return damaged(first + at, UNOPENED);
    latest = entry.value.time;
    const content = salted === null ? null : salted.content;
    const leafHash = hashLeaf(sha256, bytes);
    checked.push({ entry: bytes, stored, leafHash, kind, time: latest, header, content, disposed: false });
  }
  return accept(checked);
}

/** Kinds whose contents can be disposed of. */
const DISPOSABLE: ReadonlySet<EntryKind> = new Set(['message', 'data-key', 'data-key-wraps']);

/** Whether no content is there: nothing at all, or a header alone. */
function isCut(stored: Uint8Array): boolean {
  return stored.length === 0 || decodeSealed(stored)?.content.length === 0;
}

const UNOPENED = 'what is stored for it was not sealed for this place by the key of this archive';

/** Null where the key to it is not at hand. */
function contentOf(sealer: Sealer, place: Place, stored: Uint8Array): OpenedContent | null | undefined {
  try {
    return sealer.content(place, stored);
  } catch (error) {
    if (isSealed(error)) return null;
    throw error;
  }
}

function problemOf(
  sha256: Sha256,
  { time, sealed, commitment }: Entry,
  latest: number,
  stored: Uint8Array,
  opened: OpenedContent | null | undefined,
): string | undefined {
  if (time < latest) return 'it is older than the one before it';
  if (!equals(sha256(stored), sealed)) return 'what is stored for it is not what it says';
  if (opened === undefined) return UNOPENED;
  return opened === null || equals(sha256(opened.salted), commitment)
    ? undefined
    : 'its content is not what it commits to';
}

function damaged(sequence: number, problem: string): ReturnType<typeof refuse> {
  return refuse(
    'archive.damaged',
    `entry ${sequence} is not taken over: ${problem}; ask another copy for it`,
    {
      sequence,
    },
  );
}
