/**
 * Whom a rule means: an address, `domain:partner.example`, `role:NAME`, `group:NAME`, `own` or `external`. Guarantees: a name
 * that leads nowhere is refused when the policy is read, never found out when a message comes.
 */
import { accept, refuse, type Result } from '../errors/index.ts';
import { parseAddress, parseDomain } from '../names/index.ts';

/** Groups within groups, at most so deep. */
const MAX_DEPTH = 8;

/** Somebody who takes part, as the organisation knows them. */
export interface Participant {
  /** Canonical. */
  readonly address: string;
  readonly domain: string;
  /** Of our own members as they are now, of others as their organisation certified them; empty where that is not known. */
  readonly roles: readonly string[];
}

/** Whether a participant is meant. */
export type Who = (participant: Participant, ownDomain: string) => boolean;

/** Several, of whom one is enough. Refuses with `policy.invalid`. */
export function compileWho(
  names: readonly string[],
  groups: Readonly<Record<string, readonly string[]>>,
): Result<Who> {
  return compile(names, groups, 0);
}

function compile(
  names: readonly string[],
  groups: Readonly<Record<string, readonly string[]>>,
  depth: number,
): Result<Who> {
  if (depth > MAX_DEPTH)
    return refuse(
      'policy.invalid',
      `groups lie more than ${MAX_DEPTH} deep in each other; name people directly`,
    );
  const addresses = new Set<string>();
  const domains = new Set<string>();
  const roles = new Set<string>();
  const others: Who[] = [];
  for (const name of names) {
    const [kind, rest] = split(name);
    switch (kind) {
      case 'own':
        others.push(({ domain }, own) => domain === own);
        break;
      case 'external':
        others.push(({ domain }, own) => domain !== own);
        break;
      case 'role':
        roles.add(rest);
        break;
      case 'domain': {
        const domain = parseDomain(rest);
        if (!domain.ok) return refuse('policy.invalid', `${name} names no domain: ${domain.refusal.message}`);
        domains.add(domain.value);
        break;
      }
      case 'group': {
        const group = Object.hasOwn(groups, rest) ? groups[rest] : undefined;
        if (group === undefined)
          return refuse(
            'policy.invalid',
            `there is no group ${rest}; add it under groups, or mend its spelling`,
          );
        const who = compile(group, groups, depth + 1);
        if (!who.ok) return who;
        others.push(who.value);
        break;
      }
      case 'address': {
        const address = parseAddress(name);
        if (!address.ok) return refuse('policy.invalid', `${name} names nobody: ${address.refusal.message}`);
        addresses.add(address.value.text);
        break;
      }
    }
  }
  return accept(
    (participant, own) =>
      addresses.has(participant.address) ||
      domains.has(participant.domain) ||
      participant.roles.some((role) => roles.has(role)) ||
      others.some((who) => who(participant, own)),
  );
}

type Kind = 'own' | 'external' | 'role' | 'domain' | 'group' | 'address';

function split(name: string): [Kind, string] {
  if (name === 'own' || name === 'external') return [name, ''];
  for (const kind of ['role', 'domain', 'group'] as const)
    if (name.startsWith(`${kind}:`)) return [kind, name.slice(kind.length + 1)];
  return ['address', name];
}
