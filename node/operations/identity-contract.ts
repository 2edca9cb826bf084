/** The operations of the contract about who organisations are: their keys, how these change, and what rosters prove against them. */
import { z } from 'zod';
import { answer, evidence, rosterSide, rotation } from './contract-shapes.ts';
import { identity, keyChange, page, time } from './identity-shapes.ts';

export const IDENTITY_OPERATIONS = {
  'identity.show': { input: z.object({}), output: identity },
  /** Puts another issuer in force. With an offline root: answers what is to be signed, then takes the signatures. */
  'identity.rotate-issuer': {
    input: z.object({ cause: z.enum(['superseded', 'key-compromise']).default('superseded'), answer }),
    output: rotation,
  },
  /** Prepares the root that takes over (`certificate` in base64 where its key is kept elsewhere), or puts it in force. */
  'identity.rotate-root': {
    input: z.object({ step: z.enum(['prepare', 'complete']), certificate: z.string().optional(), answer }),
    output: rotation,
  },
  /** Ends the root in force at once. `lost`: its key cannot even sign the handover. */
  'identity.revoke-root': {
    input: z.object({ lost: z.boolean().default(false), answer }),
    output: rotation,
  },
  /** The revoked certificates as an X.509 CRL, DER in base64. */
  'identity.crl': {
    input: z.object({}),
    output: z.object({
      number: z.number(),
      thisUpdate: time,
      nextUpdate: time,
      revoked: z.number(),
      crl: z.base64(),
    }),
  },
  /** What partners signed against themselves, oldest first; `first` was known when `second` was shown. */
  'evidence.list': {
    input: z.object({}),
    output: z.object({ evidence: z.array(evidence.extend({ first: z.number(), second: z.number() })) }),
  },
  'evidence.show': {
    input: z.object({ sequence: z.number().int().nonnegative() }),
    output: evidence.extend({
      first: rosterSide,
      second: rosterSide,
      differences: z.array(
        z.object({ what: z.string(), first: z.string().nullable(), second: z.string().nullable() }),
      ),
    }),
  },
  'identity.verify': { input: z.object({ domain: z.string() }), output: identity },
  /** Every key ever seen of a domain, oldest first; `after` is the cursor. Our own domain has its own standing as well. */
  'identity.history': {
    input: z.object({ domain: z.string(), ...page, after: z.number().int().nonnegative().optional() }),
    output: z.object({
      domain: z.string(),
      changes: z.array(keyChange),
      next: z.number().nullable(),
    }),
  },
  /** What changed of who people and organisations are, newest first; `before` is the cursor. */
  'identity.events': {
    input: z.object({ ...page, before: z.number().int().nonnegative().optional() }),
    output: z.object({
      events: z.array(
        z.object({
          sequence: z.number(),
          time,
          what: z.enum(['device', 'name', 'roles', 'level', 'root']),
          severity: z.enum(['information', 'warning', 'alarm']),
          /** Null where it is about the organisation itself. */
          person: z.object({ address: z.string(), name: z.string() }).nullable(),
          domain: z.string(),
          level: z.enum(['own', 'dnssec', 'pinned', 'dns', 'none']),
          /** Since when the organisation is known with its root; null where it is not. */
          since: time.nullable(),
          before: z.string(),
          after: z.string(),
        }),
      ),
      next: z.number().nullable(),
    }),
  },
} as const;
