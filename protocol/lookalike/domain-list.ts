/**
 * Lists of domains as organisations write them. `acme.example` is that domain and what is below it; `*.acme.example` only
 * what is below; `*.example` every domain under a top-level domain; `*` every host. An IP address is itself alone.
 * Case, a leading or trailing dot, U-labels and an address's own form do not matter.
 */
import { accept, refuse, type Result } from '../errors/index.ts';
import { readHost } from './host.ts';

export interface DomainList {
  readonly domains: ReadonlySet<string>;
  /** Those below which every domain is meant. */
  readonly above: ReadonlySet<string>;
  readonly isEvery: boolean;
}

/** Prepares a list. Refuses with `name.bad-domain`, naming the entry that is none. */
export function domainList(entries: readonly string[]): Result<DomainList> {
  const domains = new Set<string>();
  const above = new Set<string>();
  let isEvery = false;
  for (const entry of entries) {
    const [, wildcard, name = ''] = /^(\*\.)?\.?(.*)$/s.exec(entry.trim()) ?? [];
    const host = readHost(name);
    if (wildcard === undefined && name === '*') isEvery = true;
    else if (!host || name.includes('*') || (wildcard !== undefined && host.isAddress)) {
      const shown = JSON.stringify(entry.slice(0, 64));
      return refuse(
        'name.bad-domain',
        `${shown} is no entry of a list of domains; write acme.example or *.example`,
      );
    } else (wildcard === undefined ? domains : above).add(host.host);
  }
  return accept({ domains, above, isEvery });
}

/** Whether a host, in any form, is meant by the list. What is no host is meant by none. */
export function matchesList(host: string, list: DomainList): boolean {
  const read = readHost(host);
  if (!read) return false;
  if (list.isEvery || list.domains.has(read.host)) return true;
  if (read.isAddress) return false;
  for (let dot = read.host.indexOf('.'); dot >= 0; dot = read.host.indexOf('.', dot + 1)) {
    const parent = read.host.slice(dot + 1);
    if (list.domains.has(parent) || list.above.has(parent)) return true;
  }
  return false;
}
