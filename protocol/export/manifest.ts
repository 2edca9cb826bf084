/**
 * What an export is: who made it, why, of what; every file with its hash; every entry by its number; the checkpoint that
 * all of it is proven under, and what partners cosigned of that log. It is written last, and signed.
 */
import { z } from 'zod';
import { PROOF_HASHES_MAX } from '../checkpoint/index.ts';
import { count, milliseconds } from '../encoding/index.ts';
import type { Result } from '../errors/index.ts';
import { base64, toBase64 } from './base64.ts';
import { parseExact } from './json.ts';

/** The names of the files that are checked by what they say; all others by their hashes alone. */
export const MANIFEST = 'manifest.json';
export const SIGNATURE = 'manifest.sig.json';
export const RECORDS = 'records.jsonl';
export const SIGNERS = 'signers.jsonl';

/** A path inside the export, of plain names. */
const NAME = /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)?[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

const chain = z.array(base64(2_048)).length(3);
const note = z.string().max(4_096);
const sequences = z.array(count);

const shape = z.strictObject({
  v: z.literal(1),
  domain: z.string(),
  /** When it was made, by the clock of the officer's device, and by which version of the program. */
  made: z.iso.datetime(),
  version: z.string(),
  officer: z.string(),
  purpose: z.string(),
  case: z.string(),
  /** What was sought; null where it did not matter. Times in milliseconds since 1970. */
  sought: z.strictObject({
    person: z.string().nullable(),
    conversation: z.string().nullable(),
    since: milliseconds.nullable(),
    until: milliseconds.nullable(),
    /** In the language of `protocol/search`; exports of older devices have none. */
    query: z.string().optional(),
  }),
  /** The case whose tagged messages were sought instead: the entry that opened it, the tag, and the entries of its events. */
  ofCase: z.strictObject({ opened: count, tag: z.string().nullable(), events: sequences.min(1) }).optional(),
  /**
   * Of an export about one person: a canonical address, and the entries that hold what is held of them beside messages.
   * The messages are then those that they wrote, and those of conversations while they were in them.
   */
  about: z.strictObject({ person: z.string(), entries: sequences }).optional(),
  /** What was found; beside it, what says who was in the conversations; and who looked at any of these. */
  messages: sequences,
  membership: sequences,
  trail: sequences,
  /** The entries of the trail that record this very export. */
  accesses: sequences,
  /** What was found and could not be handed out, and why. */
  withheld: z.array(
    z.strictObject({
      sequence: count,
      /** What of the entry, where that is not the message: the file that came with it. */
      part: z.literal('file').optional(),
      code: z.string(),
      text: z.string(),
    }),
  ),
  checkpoint: note,
  /** Statement, issuer, root (DER): under which the checkpoint is signed. */
  chain,
  /** Earlier checkpoints of the same log with a partner's cosignature, and the proof that the log goes on from each. */
  cosigned: z.array(
    z.strictObject({ domain: z.string(), note, chain, proof: z.array(base64(32)).max(PROOF_HASHES_MAX) }),
  ),
  files: z.array(z.strictObject({ name: z.string().regex(NAME), bytes: count, sha256: z.hex().length(64) })),
});

export type ExportManifest = Omit<z.infer<typeof shape>, 'v'>;
export type ExportedFile = ExportManifest['files'][number];

/** The text of the file, as it is signed. */
export function formatManifest(manifest: ExportManifest): string {
  const { domain, made, version, officer, purpose, sought, messages, membership, trail } = manifest;
  const { about, ofCase, accesses, withheld, checkpoint, cosigned, files } = manifest;
  const written = {
    ...{ v: 1, domain, made, version, officer, purpose, case: manifest.case },
    sought: {
      ...{ person: sought.person, conversation: sought.conversation },
      ...{ since: sought.since, until: sought.until },
      ...(sought.query === undefined ? {} : { query: sought.query }),
    },
    ...(ofCase === undefined
      ? {}
      : { ofCase: { opened: ofCase.opened, tag: ofCase.tag, events: ofCase.events } }),
    about: about && { person: about.person, entries: about.entries },
    ...{ messages, membership, trail, accesses },
    withheld: withheld.map(({ sequence, part, code, text }) => ({ sequence, part, code, text })),
    checkpoint,
    chain: manifest.chain.map(toBase64),
    cosigned: cosigned.map((one) => ({
      ...{ domain: one.domain, note: one.note, chain: one.chain.map(toBase64) },
      proof: one.proof.map(toBase64),
    })),
    files: files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
  };
  return `${JSON.stringify(written, null, 1)}\n`;
}

/** Refuses with `export.damaged`. */
export function parseManifest(bytes: Uint8Array): Result<ExportManifest> {
  return parseExact(bytes, shape, formatManifest);
}
