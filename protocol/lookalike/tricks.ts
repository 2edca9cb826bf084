/** The tricks of a link: what in it makes people take it for another. */
import { readsAsLatin } from './confusability.ts';
import type { Trick } from './link.ts';
import type { Target } from './link-target.ts';
import { isMixedScript, restrictionLevel } from './scripts.ts';
import { skeleton } from './skeleton.ts';

/** Characters that reorder what is shown (UAX #9, section 2). */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** Characters that show nothing, without those that emoji and some scripts need, and those that reorder. */
const INVISIBLE =
  /[^\P{Default_Ignorable_Code_Point}\u061c\u200c-\u200f\u202a-\u202e\u2066-\u2069\ufe00-\ufe0f]/u;

/** Schemes of which nobody writes who is logged in; `ssh://git@acme.example` is how it is meant. */
const OF_WEB = /^(?:https?|wss?):/i;

const JOINERS = /[\u200c\u200d\ufe00-\ufe0f]/;

/** The tricks of a link that is written so and leads there, each once. */
export function tricksOf(written: string, target: Target): readonly Trick[] {
  const tricks: Trick[] = [];
  if (target.isScript) tricks.push('script-scheme');
  if (target.userInfo !== undefined && (OF_WEB.test(target.url) || target.userInfo.includes('.')))
    tricks.push('user-info');
  if (target.hasBackslash) tricks.push('backslash');
  if (BIDI.test(written)) tricks.push('bidi-control');
  // joiners belong to a host only where it keeps them
  const joined = JOINERS.test(target.written ?? '') && !JOINERS.test(target.host?.unfolded ?? '');
  if (joined || INVISIBLE.test(written)) tricks.push('invisible-character');
  return [...tricks, ...tricksOfHost(target)];
}

function tricksOfHost({ host, written }: Target): readonly Trick[] {
  if (written === undefined) return [];
  if (host === undefined) return ['unreadable-host'];
  if (host.isAddress) {
    const isPlain = host.host === written.toLowerCase() || written.startsWith('[');
    return isPlain ? ['ip-address'] : ['ip-address', 'odd-number'];
  }
  const tricks: Trick[] = /(?:^|\.)xn--/i.test(written) ? ['punycode'] : [];
  if (/^[\0-\x7f]*$/.test(host.unfolded)) return tricks;
  const labels = host.unfolded.split('.');
  const isLatinTop = /^[a-z]*$/.test(labels.at(-1) ?? '');
  if (labels.some(mixesScripts)) tricks.push('mixed-script');
  if (isLatinTop && labels.some(readsAsLatin)) tricks.push('reads-as-latin');
  if (/[/:?#@\\]/.test(skeleton(host.unfolded))) tricks.push('separator-lookalike');
  return tricks;
}

function mixesScripts(label: string): boolean {
  return isMixedScript(label) && restrictionLevel(label) !== 'highly-restrictive';
}
