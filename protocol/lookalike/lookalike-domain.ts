/**
 * Domains that imitate known ones. Guarantees: a known domain and what is below it is never called an imitation; never
 * throws, whatever the text; bounded work for each domain asked of, a look at each known label of about its length.
 */
import { isWithin } from './edit-distance.ts';
import { readHost } from './host.ts';
import { MAX_TOKENS, type KnownDomain, type KnownDomains } from './known-domains.ts';
import { labelOf, leastDistance, type Label } from './label.ts';
import type { Lookalike } from './lookalike.ts';
import { registrableOf, type Registrable } from './registrable.ts';

/** Characters of a label from which on two edits still leave it recognisable, and below which one makes another word. */
const LONG_LABEL = 8;
const MIN_EDITED = 4;

/** Whom the domain imitates: the strongest likeness, in the order of `How`. Undefined for nobody. */
export function lookalikeDomain(domain: string, known: KnownDomains): Lookalike | undefined {
  const host = readHost(domain);
  return !host || isKnown(host.host, known) ? undefined : likenessOf(host.host, known, () => true);
}

/**
 * The same of a domain that may be known by now: one that is imitates whom it is like of those named before it in the list. So
 * it does not cease to imitate by being agreed with, and who was there first imitates nobody who came later.
 */
export function lookalikePartner(domain: string, known: KnownDomains): Lookalike | undefined {
  const host = readHost(domain);
  const itself = known.all.find(({ name }) => name === host?.host);
  if (!host || itself === undefined) return lookalikeDomain(domain, known);
  // as old as the first one of the same owner
  const place = known.all.findIndex((one) => one.domain === itself.domain);
  const before = new Set(known.all.slice(0, place));
  return likenessOf(host.host, known, (one) => before.has(one));
}

/** Which of the known domains count. */
type Counts = (known: KnownDomain) => boolean;

function likenessOf(host: string, known: KnownDomains, counts: Counts): Lookalike | undefined {
  const parts = registrableOf(host, known.options);
  if (!parts) return undefined;
  const label = labelOf(unfold(parts.label));
  return sameLook(label, known, counts) ?? nearLook(label, known, counts) ?? included(parts, known, counts);
}

/** Known itself, below a known one, or of the same registrant: the registrable domains are among the known ones. */
function isKnown(host: string, known: KnownDomains): boolean {
  return host.split('.').some((_, at, labels) => known.domains.has(labels.slice(at).join('.')));
}

function sameLook(label: Label, known: KnownDomains, counts: Counts): Lookalike | undefined {
  const alike = (known.byGlance.get(label.glance) ?? []).filter(counts);
  const same = alike.find((other) => other.label.text === label.text);
  if (same) return { of: same.name, how: 'suffix' };
  const confusable = alike.find(
    (other) => other.label.skeleton === label.skeleton && !(label.isAscii && other.label.isAscii),
  );
  if (confusable) return { of: confusable.name, how: 'confusable' };
  const [first] = alike;
  return first && { of: first.name, how: label.isMixed ? 'mixed-script' : 'homoglyph-digits' };
}

function nearLook(label: Label, known: KnownDomains, counts: Counts): Lookalike | undefined {
  const { length } = label.characters;
  for (let distance = 1; distance <= 2; distance++) {
    for (let other = Math.max(MIN_EDITED, length - distance); other <= length + distance; other++) {
      const near = known.byLength
        .get(other)
        ?.find((one) => isNear(label, one.label, distance) && counts(one));
      if (near) return { of: near.name, how: label.isMixed ? 'mixed-script' : 'edit' };
    }
  }
  return undefined;
}

function isNear(label: Label, known: Label, distance: number): boolean {
  if (leastDistance(label, known) > distance) return false;
  const [one, other] = [label.characters, known.characters];
  const length = Math.min(one.length, other.length);
  if (length < (distance > 1 ? LONG_LABEL : MIN_EDITED)) return false;
  const areWords = label.isAscii && known.isAscii && length < LONG_LABEL;
  if (areWords && isOtherInitial(one, other)) return false;
  return isWithin(one, other, distance);
}

/** Words are told apart by how they begin: bank and rank are two words, bank and bamk are one. */
function isOtherInitial(one: readonly string[], other: readonly string[]): boolean {
  return (
    one.length === other.length && one[0] !== other[0] && one.every((c, at) => at === 0 || c === other[at])
  );
}

/** The known label as a whole word of the name, however it is disguised: in the label itself, or anywhere before it. */
function included(parts: Registrable, known: KnownDomains, counts: Counts): Lookalike | undefined {
  const labels = [parts.label, ...(parts.below === '' ? [] : parts.below.split('.').reverse())];
  for (const label of labels) {
    const tokens = unfold(label)
      .split(/[-_]+/)
      .map((token) => labelOf(token).glance)
      .filter((token) => token !== '');
    const found = tokenRun(tokens, known, counts);
    if (found) return { of: found.name, how: 'inclusion' };
  }
  return undefined;
}

/** The longest run of tokens that is a known label. */
function tokenRun(tokens: readonly string[], known: KnownDomains, counts: Counts): KnownDomain | undefined {
  for (let count = Math.min(tokens.length, MAX_TOKENS); count > 0; count--) {
    for (let at = 0; at + count <= tokens.length; at++) {
      const found = known.byGlance.get(tokens.slice(at, at + count).join('-'))?.find(counts);
      if (found) return found;
    }
  }
  return undefined;
}

function unfold(label: string): string {
  return readHost(label)?.unfolded ?? label;
}
