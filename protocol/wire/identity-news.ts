/**
 * A change of who somebody is, as members and operators are told of it: a new key of a person, another name, another
 * level or root of an organisation. What is told is what the organisation saw, at the moment it saw it.
 */
import { z } from 'zod';
import { milliseconds } from '../encoding/index.ts';

export const LEVELS = ['own', 'dnssec', 'pinned', 'dns', 'none'] as const;

/** Characters of what was and what is: a name, roles, a level, a root id or the fingerprint of a key. */
const MAX_VALUE = 1_024;

const value = z.string().max(MAX_VALUE);

export const identityNewsShape = z.strictObject({
  what: z.enum(['device', 'name', 'roles', 'level', 'root']),
  /**
   * A new device is information; another name, a lower level or a root handed over by the one before a warning; a root
   * that was not an alarm.
   */
  severity: z.enum(['information', 'warning', 'alarm']),
  /** The person it is about, by the verified name they have now; null where it is the organisation itself. */
  person: z.strictObject({ address: z.string().max(320), name: value }).nullable(),
  domain: z.string().max(253),
  /** How the organisation is verified now, and since when it is known with this root. */
  level: z.enum(LEVELS),
  since: milliseconds,
  /** Empty for a new device; `after` is then the fingerprint of its key. */
  before: value,
  after: value,
});

export type IdentityNews = z.infer<typeof identityNewsShape>;
