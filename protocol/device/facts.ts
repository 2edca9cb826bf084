/**
 * What is known of a device, fact by fact, each with its source: the device says so itself, or the organisation's
 * device management attests it. A fact that nobody knows is null; it is never guessed.
 */
import { z } from 'zod';
import { milliseconds } from '../encoding/index.ts';

/** Characters of one fact: versions and identifiers are short. */
const MAX_FACT = 128;

const fact = z.string().min(1).max(MAX_FACT).nullable();

/** What can be said of a device. */
export const factsShape = z.strictObject({
  /** The version of the program that speaks for it. */
  clientVersion: fact,
  /** As Node names it: linux, darwin, win32. */
  platform: fact,
  /** The release of the operating system's kernel. */
  osVersion: fact,
  /** Whether the disk that holds the device's home is encrypted. */
  diskEncryption: z.enum(['on', 'off']).nullable(),
  /** What the organisation's device management calls it. */
  managedId: fact,
});

export type DeviceFacts = z.infer<typeof factsShape>;
export type FactName = keyof DeviceFacts;

/** In the order in which they are shown. */
export const FACT_NAMES = [
  'clientVersion',
  'platform',
  'osVersion',
  'diskEncryption',
  'managedId',
] as const satisfies readonly FactName[];

export const evidenceShape = z.enum(['self-reported', 'attested']);

/** Who says so. Attested is worth more. */
export type Evidence = z.infer<typeof evidenceShape>;

export const knownFactsShape = z.strictObject({
  facts: factsShape,
  /** The facts that are attested; all others are self-reported. */
  attested: z.array(z.enum(FACT_NAMES)),
  /** When they were attested; null where none is. */
  attestedAt: milliseconds.nullable(),
});

export type KnownFacts = z.infer<typeof knownFactsShape>;

export function evidenceOf({ attested }: KnownFacts, name: FactName): Evidence {
  return attested.includes(name) ? 'attested' : 'self-reported';
}

/** What is attested wins over what the device says of itself. */
export function mergeFacts(
  reported: DeviceFacts,
  attestation: { readonly facts: Partial<DeviceFacts>; readonly time: number } | null,
): KnownFacts {
  if (attestation === null) return { facts: reported, attested: [], attestedAt: null };
  const attested = FACT_NAMES.filter((name) => (attestation.facts[name] ?? null) !== null);
  return {
    facts: { ...reported, ...Object.fromEntries(attested.map((name) => [name, attestation.facts[name]])) },
    attested,
    attestedAt: attested.length === 0 ? null : attestation.time,
  };
}
