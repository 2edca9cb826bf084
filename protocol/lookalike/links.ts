/**
 * The links of a message, and where each really leads. Guarantees: never throws; every URL, bare domain and address of
 * the text is found, within Markdown links too; work in proportion to the text's length.
 */
import type { Link, Trick } from './link.ts';
import { readTarget, readVisibleHost, type Target } from './link-target.ts';
import { markdownLinks, type MarkdownLink } from './markdown-links.ts';
import { plainLinks } from './plain-links.ts';
import { hasListedSuffix, registrableOf } from './registrable.ts';
import { tricksOf } from './tricks.ts';

const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;

/** What puts an override in force, and what ends it (UAX #9, section 2.2). */
const OVERRIDE = /[\u202d\u202e]|[\u202c\n]/g;

/** Endings of files that are top-level domains too. */
const FILE = /^[\w-]+\.(?:md|mov|pl|ps|py|rs|sh|so|zip)$/i;

/** A Markdown link with a target, and whether what it shows names another host. */
interface Marked {
  readonly markdown: MarkdownLink;
  readonly target: Target;
  mismatch: boolean;
}

/** A piece of the text outside of the targets of Markdown links, and the links that show it. */
interface Piece {
  readonly from: number;
  readonly text: string;
  readonly shownBy: readonly Marked[];
}

/** The links of a text, by where they start. One that another shows is told of where it leads to another host. */
export function linksIn(text: string): Link[] {
  const marked: Marked[] = markdownLinks(text).flatMap((markdown) => {
    const target = readTarget(markdown.target);
    return target ? [{ markdown, target, mismatch: false }] : [];
  });
  const links: Link[] = [];
  for (const { from, text: piece, shownBy } of pieces(text, marked)) {
    if (shownBy.length > 0) compareShown(piece, shownBy);
    for (const { start, end } of plainLinks(piece)) {
      const shown = piece.slice(start, end);
      const target = readTarget(shown);
      const isSaid = shownBy.some((around) => around.target.host?.host === target?.host?.host);
      if (target && !isSaid)
        links.push(linkOf(from + start, from + end, shown, shown, target, namesOther(target)));
    }
  }
  for (const { markdown, target, mismatch } of marked) {
    const { start, end, shown, target: written } = markdown;
    links.push(linkOf(start, end, shown, shown + written, target, mismatch || namesOther(target)));
  }
  return underOverrides(
    text,
    links.sort((a, b) => a.start - b.start),
  );
}

/** The text in pieces that end wherever a Markdown link or its target does. */
function* pieces(text: string, marked: readonly Marked[]): Generator<Piece> {
  const edges = marked.flatMap((link) => [
    { at: link.markdown.end, kind: 0, link },
    { at: link.markdown.start, kind: 1, link },
    { at: link.markdown.shownEnd, kind: 2, link },
  ]);
  const open: Marked[] = [];
  let from = 0;
  let inTarget = false;
  for (const { at, kind, link } of edges.sort((a, b) => a.at - b.at || a.kind - b.kind)) {
    if (at > from && !inTarget) yield { from, text: text.slice(from, at), shownBy: [...open] };
    from = at;
    inTarget = kind === 2;
    if (kind === 1) open.push(link);
    else if (kind === 2) open.pop();
  }
  yield { from, text: text.slice(from), shownBy: [] };
}

/** Compares the hosts that are shown with those that the links around lead to, as if written without any disguise. */
function compareShown(piece: string, shownBy: readonly Marked[]): void {
  const plain = piece.normalize('NFKC').replace(IGNORABLE, '');
  for (const { start, end } of plainLinks(plain)) {
    const shown = plain.slice(start, end);
    const named = readTarget(shown)?.host?.host;
    for (const link of shownBy) {
      const isSame = named === undefined || isSameParty(named, link.target.host?.host);
      if (!isSame && !isFileOf(shown, link.target.url)) link.mismatch = true;
    }
  }
}

/** Whether what is shown is the name of the file that the URL is of, as `README.md` is. */
function isFileOf(shown: string, url: string): boolean {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  return FILE.test(shown) && path.endsWith(`/${shown}`) && !path.endsWith(`//${shown}`);
}

/** Whether what stands before the `@` of a URL is itself a host, and another. */
function namesOther({ userInfo, host }: Target): boolean {
  if (userInfo === undefined) return false;
  const named = readVisibleHost(userInfo.replace(/:.*/s, ''))?.host;
  return named !== undefined && hasListedSuffix(named) && !isSameParty(named, host?.host);
}

function isSameParty(one: string, other: string | undefined): boolean {
  if (one === other || other === undefined) return one === other;
  const registered = registrableOf(one)?.domain;
  return registered !== undefined && registered === registrableOf(other)?.domain;
}

function linkOf(
  start: number,
  end: number,
  shown: string,
  written: string,
  target: Target,
  mismatch: boolean,
): Link {
  const { host = '', unfolded = '' } = target.host ?? {};
  return {
    start,
    end,
    shown,
    target: target.url,
    host,
    unfolded,
    mismatch,
    deceptive: tricksOf(written, target),
  };
}

/** Marks the links that are shown in another order for an override before them, in the same line. */
function underOverrides(text: string, links: readonly Link[]): Link[] {
  const trick: Trick = 'bidi-control';
  const changes = [...text.matchAll(OVERRIDE)];
  let next = 0;
  let inForce = false;
  return links.map((link) => {
    for (let change = changes[next]; change && change.index < link.start; change = changes[++next]) {
      inForce = change[0] === '\u202d' || change[0] === '\u202e';
    }
    if (!inForce || link.deceptive.includes(trick)) return link;
    return { ...link, deceptive: [...link.deceptive, trick] };
  });
}
