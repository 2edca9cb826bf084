/** How the contract shows who an organisation is: its certificates, its level, and how its keys changed. */
import { z } from 'zod';

export const time = z.iso.datetime();
export const page = { limit: z.number().int().min(1).max(500).default(50) };

export const level = z.enum(['dnssec', 'pinned', 'dns', 'none']);
const window = z.object({ from: time, until: time });

export const certificate = z.object({
  kind: z.enum(['root', 'issuer', 'node', 'device', 'statement', 'next-root']),
  subject: z.string(),
  serial: z.string(),
  fingerprint: z.string(),
  window,
});

export const identity = z.object({
  domain: z.string(),
  level,
  rootId: z.string(),
  sequence: z.number(),
  /** When the organisation was first seen with this root; null when it is not known here. */
  since: time.nullable(),
  /** The zones of the DNSSEC proof, root first; empty below level `dnssec`. */
  zones: z.array(z.string()),
  proofWindow: window.nullable(),
  certificates: z.array(certificate),
  rosterNumber: z.number().nullable(),
});

/** An entry of the history of a domain's keys. */
export const keyChange = z.object({
  /** The entry of the archive that records it. */
  sequence: z.number(),
  time,
  /** When the next entry of its kind took its place; null while it stands. */
  until: time.nullable(),
  /** `verified`: how the domain was proven; all others are changes of our own keys. */
  change: z.enum([
    'verified',
    'created',
    'statement-renewed',
    'issuer-rotated',
    'root-prepared',
    'root-rotated',
    'root-revoked',
  ]),
  rootId: z.string(),
  rootSequence: z.number(),
  level: level.nullable(),
  certificates: z.array(certificate),
  /** The proof it was accepted by, verified anew at that time; `fault` says why it does not hold. */
  proof: z
    .object({
      hash: z.string(),
      zones: z.array(z.string()),
      window: window.nullable(),
      fault: z.string().nullable(),
    })
    .nullable(),
  /** Numbers of the rosters taken meanwhile. */
  rosters: z.object({ first: z.number(), last: z.number() }).nullable(),
});

/** What a message was accepted by. */
export const acceptance = z.object({
  /** The organisation of the sender, and the root in force of it. */
  domain: z.string(),
  rootId: z.string().nullable(),
  level,
  /** SHA-256 of the archived DNSSEC proof. */
  proof: z.string().nullable(),
  /** The newest roster known of it. */
  roster: z.number().nullable(),
  /** Entries of the archive that say so: of our own standing, and of how the organisation was verified. */
  entries: z.array(z.number()),
  /** SHA-256 of the certificate of the signing device. */
  device: z.string(),
});
