/** What of a host its owner registered, by the Public Suffix List. */
import { parse } from 'tldts';

export interface SuffixOptions {
  /** Whether a private suffix such as `github.io` is one: what is below it belongs to different people. By default it is. */
  readonly privateSuffixes?: boolean;
}

export interface Registrable {
  /** `acme.co.uk`: the public suffix and one label. */
  readonly domain: string;
  /** `acme`, an A-label. */
  readonly label: string;
  /** `co.uk`. */
  readonly suffix: string;
  /** What stands before the registrable domain, without the dot: `mail`, or the empty text. */
  readonly below: string;
}

/** Special-use names (RFC 6761, RFC 7686) that are no public suffix and are written in examples or closed networks. */
const SPECIAL_USE = /(?:^|\.)(?:example|test|invalid|localhost|onion)$/;

/** The parts of a host in A-labels; undefined for an address, a lone label and a public suffix itself. */
export function registrableOf(host: string, options: SuffixOptions = {}): Registrable | undefined {
  const parsed = parse(host, {
    allowPrivateDomains: options.privateSuffixes ?? true,
    extractHostname: false,
    validateHostname: false,
  });
  const { domain, domainWithoutSuffix: label, publicSuffix: suffix } = parsed;
  if (parsed.isIp === true || !domain || !label || !suffix) return undefined;
  return { domain, label, suffix, below: host.slice(0, -domain.length).replace(/\.$/, '') };
}

/** Whether the host ends in a suffix that exists, and has a label before it. */
export function hasListedSuffix(host: string): boolean {
  if (SPECIAL_USE.test(host)) return host.includes('.');
  const parsed = parse(host, {
    allowPrivateDomains: true,
    extractHostname: false,
    validateHostname: false,
  });
  return (
    parsed.isIp !== true && (parsed.isIcann === true || parsed.isPrivate === true) && parsed.domain !== null
  );
}
