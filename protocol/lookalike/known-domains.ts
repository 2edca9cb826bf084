/**
 * The domains of an organisation and its partners, prepared for looking for imitations of them.
 * Guarantees: what is looked up by its look is found in one step, whatever their number.
 */
import { ChanceryError } from '../errors/index.ts';
import { readHost } from './host.ts';
import { labelOf, type Label } from './label.ts';
import { registrableOf, type SuffixOptions } from './registrable.ts';

/** Tokens of the longest known label; one with more is looked for up to here. */
export const MAX_TOKENS = 8;

export interface KnownDomain {
  /** A-labels in lower case, as it was named. */
  readonly name: string;
  /** The registrable domain it belongs to, and the parts of that. */
  readonly domain: string;
  readonly suffix: string;
  readonly label: Label;
}

export interface KnownDomains {
  readonly options: SuffixOptions;
  readonly all: readonly KnownDomain[];
  /** By registrable domain, and by the names themselves. */
  readonly domains: ReadonlySet<string>;
  readonly byGlance: ReadonlyMap<string, readonly KnownDomain[]>;
  /** By the length of the label, in characters. */
  readonly byLength: ReadonlyMap<number, readonly KnownDomain[]>;
}

/** Prepares a list of domains in canonical form. Throws `name.bad-domain` for one that is no domain. */
export function knownDomains(names: readonly string[], options: SuffixOptions = {}): KnownDomains {
  const all = [...new Set(names)].map((name) => knownDomain(name, options));
  return {
    options,
    all,
    domains: new Set(all.flatMap(({ name, domain }) => [name, domain])),
    byGlance: Map.groupBy(all, ({ label }) => label.glance),
    byLength: Map.groupBy(all, ({ label }) => label.characters.length),
  };
}

function knownDomain(name: string, options: SuffixOptions): KnownDomain {
  const host = readHost(name);
  // a name that is a public suffix, such as that of a hosting service, is registered below a shorter one
  const parts =
    host && (registrableOf(host.host, options) ?? registrableOf(host.host, { privateSuffixes: false }));
  if (!host || !parts) {
    const shown = JSON.stringify(name.slice(0, 64));
    throw new ChanceryError(
      'name.bad-domain',
      `${shown} is no domain to look for imitations of; leave it out`,
    );
  }
  const unfolded = readHost(parts.label)?.unfolded ?? parts.label;
  return { name: host.host, domain: parts.domain, suffix: parts.suffix, label: labelOf(unfolded) };
}
