/** What the certificates of an organisation have in common: names, purposes and how long each kind may live. */
import type { AlternativeNames } from './alternative-names.ts';
import type { KeyUsage } from './key-usage.ts';

const DAY = 86_400;

/** Seconds from the beginning to the end of a certificate's validity, at most. */
export const MAX_AGE = {
  root: 731 * DAY,
  issuer: 90 * DAY,
  node: 90 * DAY,
  device: 14 * DAY,
  statement: 90 * DAY,
} as const;

export const AUTHORITY_USAGE: readonly KeyUsage[] = ['keyCertSign', 'cRLSign'];
export const LEAF_USAGE: readonly KeyUsage[] = ['digitalSignature'];

/** CAs below: one under the root, none under the issuer. */
export const ROOT_PATH_LEN = 1;
export const ISSUER_PATH_LEN = 0;

/** The common name of an issuer; that of a root is the domain itself. */
export function issuerName(domain: string): string {
  return `${domain} issuer`;
}

/** The names an issuer may vouch for: those of its own domain. */
export function constraintsOf(domain: string): AlternativeNames {
  return { dns: [domain], email: [domain], uri: [domain] };
}
