/**
 * Hosts as links and lists name them, read as a browser reads them: percent-encoding, IDNA without its stricter checks,
 * and numbers for addresses. Guarantees: never throws; what `parseDomain` takes comes out as `parseDomain` has it.
 */
import { toASCII, toUnicode } from 'tr46';
import { endsInNumber, parseIpv4, parseIpv6 } from './ip-address.ts';

/** Characters of input that are looked at; a domain has at most 253 in its canonical form. */
const MAX_INPUT = 1_024;

/** Characters of a domain in A-labels (RFC 1035, 2.3.4). */
const MAX_HOST = 253;

/** The URL Standard's forbidden domain code points. */
const FORBIDDEN = /[\0-\x20"#%/:<>?@[\\\]^`{|}\x7f]/;

/** The checks of the URL Standard, section 3.3, for a name that need not be one of an organisation. */
const CHECKS = { checkBidi: true, checkJoiners: true };

/** What IDNA leaves as it is, but for its case. */
const PLAIN = /^(?!.*xn--)[a-z\d.-]+$/i;

export interface Host {
  /** A-labels in lower case, an IPv4 address in dotted decimal, or an IPv6 address in brackets. */
  readonly host: string;
  /** The same for people, with U-labels. */
  readonly unfolded: string;
  readonly isAddress: boolean;
}

/** Reads a host; undefined for what no browser goes to. */
export function readHost(text: string): Host | undefined {
  if (text.length > MAX_INPUT) return undefined;
  if (text.startsWith('[')) {
    const address = text.endsWith(']') ? parseIpv6(text.slice(1, -1)) : undefined;
    return address === undefined ? undefined : addressHost(`[${address}]`);
  }
  if (PLAIN.test(text)) return namedHost(text.toLowerCase());
  const decoded = decodePercent(text);
  const host = decoded === undefined ? undefined : asciiOf(decoded);
  return host === undefined || FORBIDDEN.test(host) ? undefined : namedHost(host);
}

function namedHost(text: string): Host | undefined {
  const host = text.replace(/\.$/, '');
  if (host.length > MAX_HOST || host.split('.').includes('')) return undefined;
  if (endsInNumber(host)) {
    const address = parseIpv4(host);
    return address === undefined ? undefined : addressHost(address);
  }
  return { host, unfolded: host.includes('xn--') ? toUnicode(host, CHECKS).domain : host, isAddress: false };
}

/** A label that only looks like punycode stays as it is, as browsers leave it. */
function asciiOf(name: string): string | undefined {
  return toASCII(name, CHECKS) ?? (/^[\w.-]+$/.test(name) ? name.toLowerCase() : undefined);
}

function addressHost(address: string): Host {
  return { host: address, unfolded: address, isAddress: true };
}

function decodePercent(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
