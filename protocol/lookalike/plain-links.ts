/**
 * URLs, bare domains and addresses as they stand in a text. A URL has a scheme; a bare domain ends in a public suffix, or
 * in a name that is reserved for examples. Guarantees: work in proportion to the text's length, whatever it holds.
 */
import { domainsOfRun } from './domain-run.ts';
import { MAX_AUTHORITY } from './link-target.ts';
import { visibleEnd } from './link-end.ts';

export interface PlainLink {
  readonly start: number;
  readonly end: number;
}

/** Words: what stands between spaces, quotes and angle brackets. U+FEFF is no space here, for it shows nothing. */
const WORD = /[^\0-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000<>"`“”„«»]+/g;

/** What every link has in it: the colon of a scheme, or a dot with something after it. Most words of most texts have neither. */
const LINK_LIKE = /:|[.。．｡]./u;

/** What a domain can be made of, and what can hide in it. */
const RUN = /[\p{L}\p{M}\p{N}\p{Default_Ignorable_Code_Point}\-_.。．｡]+/gu;

/** Characters of a scheme and of a local part that are looked back for. */
const MAX_SCHEME = 16;
const MAX_LOCAL = 64;

/** Characters after a colon that show whether a URL begins: a host is no longer. */
const MAX_OPENING = 256;

/** What ends a host in running text, though a browser would take it. */
const HOST_END = /[!$&'()*+,;=^{|}~‘’，！？：；（）、」』】》]/;

/** Another URL after a separator in the same word. */
const NEXT_URL = /[,;|](?=https?:)/gi;

/** The links of a text, in its order. */
export function* plainLinks(text: string): Generator<PlainLink> {
  if (!LINK_LIKE.test(text)) return;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (!LINK_LIKE.test(word)) continue;
    for (const { start, end } of linksOfWord(word)) yield { start: index + start, end: index + end };
  }
}

function* linksOfWord(word: string): Generator<PlainLink> {
  for (let at = 0; at < word.length;) {
    const url = nextUrl(word, at);
    yield* bareLinks(word.slice(at, url?.start), at);
    if (url === undefined) return;
    const end = urlEnd(word, url.rest);
    yield { start: url.start, end: visibleEnd(word, url.start, end) };
    at = Math.max(end, url.rest);
  }
}

/** The next scheme that makes a URL: where it starts, and where what follows its colon does. */
function nextUrl(word: string, from: number): { start: number; rest: number } | undefined {
  for (let colon = word.indexOf(':', from); colon >= 0; colon = word.indexOf(':', colon + 1)) {
    const before = word.slice(Math.max(from, colon - MAX_SCHEME), colon);
    const scheme = /[a-z][a-z\d+-]*$/i.exec(before)?.[0];
    const rest = word.slice(colon + 1, colon + 1 + MAX_OPENING);
    if (scheme !== undefined && isUrl(scheme.toLowerCase(), rest)) {
      return { start: colon - scheme.length, rest: colon + 1 };
    }
  }
  return undefined;
}

function isUrl(scheme: string, rest: string): boolean {
  if (/^(?:https?|wss?|ftp)$/.test(scheme)) return /^(?:[/\\]+[^/\\]|[^/\\]*\.)/.test(rest);
  if (scheme === 'data') return /^(?:[\w.+-]{1,64}\/[\w.+-]{1,64})?[;,]/.test(rest);
  if (/^(?:javascript|vbscript|mailto)$/.test(scheme)) return rest !== '';
  return /^\/\/[^/]/.test(rest);
}

/** Where the URL ends whose scheme has its colon right before. */
function urlEnd(word: string, rest: number): number {
  const slashes = /^[/\\]*/.exec(word.slice(rest, rest + MAX_AUTHORITY))?.[0].length ?? 0;
  const isOfWeb = /(?:https?|wss?|ftp):$/i.test(word.slice(Math.max(0, rest - MAX_SCHEME), rest));
  if (slashes === 0 && !isOfWeb) return nextUrlStart(word, rest);
  const start = rest + slashes;
  const authority = word.slice(start, start + MAX_AUTHORITY).split(/[/\\?#]/, 1)[0] ?? '';
  const at = authority.lastIndexOf('@') + 1;
  const host = authority.slice(at);
  const cut = host.search(HOST_END);
  if (cut > 0) return start + at + cut;
  const end = start + authority.length;
  // where nothing follows, the host can run into the next sentence
  const domain = end < word.length || /^[\0-\x7f]*$/.test(host) ? undefined : domainsOfRun(host)[0];
  return domain?.start === 0 ? start + at + domain.end : nextUrlStart(word, end);
}

function nextUrlStart(word: string, from: number): number {
  if (from >= word.length) return word.length;
  NEXT_URL.lastIndex = from;
  return NEXT_URL.exec(word)?.index ?? word.length;
}

/** Domains and addresses in a part of a word that has no URL; `offset` is where the part stands in the word. */
function* bareLinks(part: string, offset: number): Generator<PlainLink> {
  let done = 0;
  for (const { 0: run, index } of part.matchAll(RUN)) {
    const after = index + run.length;
    if (index < done || part[after] === '@') continue;
    const isAddress = part[index - 1] === '@' && localStart(part, index - 1) < index - 1;
    if (!isAddress && /[/\\]/.test(part[index - 1] ?? '') && part[index - 2] !== part[index - 1]) continue;
    for (const domain of domainsOfRun(run)) {
      const start = isAddress && domain.start === 0 ? localStart(part, index - 1) : index + domain.start;
      const reaches = index + domain.end === after || /^[.]?$/.test(run.slice(domain.end));
      const path = !isAddress && reaches ? pathEnd(part, after) : after;
      if (domain.isNumeric && path === after) continue;
      done = path > after ? visibleEnd(part, start, path) : index + domain.end;
      yield { start: offset + start, end: offset + done };
    }
  }
}

/** Where the local part begins that ends right before `at`; `at` itself where there is none. */
function localStart(part: string, at: number): number {
  const before = part.slice(Math.max(0, at - MAX_LOCAL), at);
  return at - (/[\p{L}\p{M}\p{N}_.+%'-]*$/u.exec(before)?.[0].replace(/^[.'+%-]+/, '').length ?? 0);
}

/** Where a port and a path end that begin here; `from` itself where none do. */
function pathEnd(part: string, from: number): number {
  const port = /^:\d{1,5}(?![\d\w])/.exec(part.slice(from, from + 8))?.[0].length ?? 0;
  return /[/?#]/.test(part[from + port] ?? '') ? nextUrlStart(part, from + port) : from + port;
}
