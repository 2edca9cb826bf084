/**
 * Where a URL leads, read as a browser reads it (URL Standard, section 4.4), as far as the host.
 * Guarantees: never throws; looks no further than the authority.
 */
import { readHost, type Host } from './host.ts';
import { hasListedSuffix } from './registrable.ts';

/** Characters of an authority that are looked at; a longer one has no host that could be found. */
export const MAX_AUTHORITY = 2_048;

/** Schemes of the web, for which any number of slashes, and backslashes too, come before the host. */
const SPECIAL = /^(?:https?|wss?|ftp)$/;

const WEB = /^([/\\]*)([^/\\?#]*)([/\\]?)/;

const SCRIPTS = /^(?:javascript|vbscript|data)$/;

const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;

export interface Target {
  readonly url: string;
  /** Undefined where it leads to no host, or to none that can be read. */
  readonly host: Host | undefined;
  /** As it is written; undefined where such a URL has no host. */
  readonly written: string | undefined;
  /** What stands before an `@`; undefined for an address, where that is as it should be. */
  readonly userInfo: string | undefined;
  readonly isScript: boolean;
  /** Whether a browser takes a backslash around the host for a slash. */
  readonly hasBackslash: boolean;
}

const NO_HOST = {
  host: undefined,
  written: undefined,
  userInfo: undefined,
  isScript: false,
  hasBackslash: false,
};

/** Reads a URL, a bare domain or an address; undefined for what is relative to the place it stands in. */
export function readTarget(text: string): Target | undefined {
  const url = text.replace(/[\t\n\r]/g, '').trim();
  const [, written, port] = /^([a-z][a-z\d+.-]{0,63}):(\d{1,5}(?![^/?#]))?/i.exec(url) ?? [];
  const scheme = written?.toLowerCase();
  if (scheme === undefined || (port !== undefined && scheme.includes('.'))) return readBare(url);
  const rest = url.slice(scheme.length + 1);
  if (scheme === 'mailto') return readAddress(url, rest);
  if (SPECIAL.test(scheme)) return readWeb(url, rest);
  if (rest.startsWith('//')) return { ...NO_HOST, url, ...readAuthority(rest.slice(2).split(/[/?#]/, 1)[0]) };
  return { ...NO_HOST, url, isScript: SCRIPTS.test(scheme) };
}

/** The one read last: the same host is asked for where it is found, and again where it is read. */
let last: { readonly text: string; readonly host: Host | undefined } = { text: '', host: undefined };

/** The host, with characters that show nothing left out where it cannot be read otherwise. */
export function readVisibleHost(text: string): Host | undefined {
  if (text !== last.text) last = { text, host: readHost(text) ?? readHost(text.replace(IGNORABLE, '')) };
  return last.host;
}

function readBare(text: string): Target | undefined {
  if (/^[/\\]{2}/.test(text)) return readWeb(`https:${text}`, text);
  const target = readWeb(`https://${text}`, text);
  const { host, written } = target;
  if (!host || !(host.isAddress ? host.host === written : hasListedSuffix(host.host))) return undefined;
  return target.userInfo === undefined ? target : readAddress(`mailto:${text}`, text);
}

function readAddress(url: string, rest: string): Target {
  const mailbox = rest.slice(0, MAX_AUTHORITY).split('?', 1)[0] ?? '';
  const written = mailbox.slice(mailbox.lastIndexOf('@') + 1);
  return { ...NO_HOST, url, host: readVisibleHost(written), written };
}

/** What follows the colon of a URL of the web. */
function readWeb(url: string, rest: string): Target {
  const [, slashes = '', authority = '', end = ''] = WEB.exec(rest) ?? [];
  return { ...NO_HOST, url, ...readAuthority(authority), hasBackslash: (slashes + end).includes('\\') };
}

function readAuthority(whole = ''): Pick<Target, 'host' | 'written' | 'userInfo'> {
  const authority = whole.slice(0, MAX_AUTHORITY);
  const at = authority.lastIndexOf('@');
  const written = authority.slice(at + 1).replace(/:\d*$/, '');
  return { host: readVisibleHost(written), written, userInfo: at < 0 ? undefined : authority.slice(0, at) };
}
