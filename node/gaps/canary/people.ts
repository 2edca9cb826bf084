/** Who takes part in a test message, so that a rule is about it: as few as it names, and nobody real where it names nobody. */
import { domainOf } from '../../../protocol/conversation/index.ts';
import { parseAddress, parseDomain } from '../../../protocol/names/index.ts';
import type { Participant, PolicyDocument, Rule } from '../../../protocol/policy/index.ts';

type When = Rule['when'];

/** What is around the test: who we are, and whom somebody could imitate. */
export interface Surroundings {
  readonly domain: string;
  /** A domain that imitates ours; null where none can be made. */
  readonly lookalike: string | null;
  /** The name of one of our members; null where there is none. */
  readonly memberName: string | null;
  readonly rolesOf: (address: string) => readonly string[];
}

export interface Parties {
  readonly sender: Participant;
  readonly receivers: readonly Participant[];
}

type Side = 'own' | 'external';

/** Groups within groups that are looked into. */
const MAX_DEPTH = 8;

/** A name under which nobody can be: RFC 2606 keeps it free. */
export const ELSEWHERE = 'canary.invalid';

/** Who takes part in a message of this direction; undefined where the rule is about none of it. */
export function partiesOf(
  when: When,
  direction: 'out' | 'in',
  document: PolicyDocument,
  around: Surroundings,
): Parties | undefined {
  const side: Side = direction === 'out' ? 'own' : 'external';
  const people = new People(document, around);
  const between = when.between?.map((name) => people.meant([`group:${name}`]));
  const from = when.from === undefined ? between?.flat() : people.meant(when.from);
  const sender = from === undefined ? people.anybody(side) : from.find((one) => people.is(one, side));
  if (sender === undefined) return undefined;
  const receivers: Participant[] = [];
  for (const group of between ?? []) {
    const has = group.some(({ address }) => address === sender.address);
    const one = has ? undefined : group.find(({ address }) => address !== sender.address);
    if (one !== undefined) receivers.push(one);
    else if (!has) return undefined;
  }
  if (when.to !== undefined) {
    const wanted: Side = direction === 'in' || when.external === false ? 'own' : 'external';
    const meant = people.meant(when.to).filter(({ address }) => address !== sender.address);
    const to = meant.find((one) => people.is(one, wanted)) ?? meant[0];
    if (to === undefined) return undefined;
    receivers.push(to);
  }
  return completed(when, direction, { sender, receivers }, people);
}

/** With those whom the direction and the rest of the rule ask for; undefined where they do not go together. */
function completed(
  when: When,
  direction: 'out' | 'in',
  { sender, receivers }: Parties,
  people: People,
): Parties | undefined {
  const all = [...receivers];
  const has = (side: Side): boolean => all.some((one) => people.is(one, side));
  const needsExternal =
    when.external === true || when.levelBelow !== undefined || when.imitates !== undefined;
  if (direction === 'in' && !has('own')) all.push(people.anybody('own'));
  if (direction === 'out' && needsExternal && !has('external')) all.push(people.anybody('external'));
  if (all.length === 0) all.push(people.anybody(when.external === false ? 'own' : 'external'));
  const isExternal = [sender, ...all].some((one) => people.is(one, 'external'));
  if (when.external !== undefined && when.external !== isExternal) return undefined;
  return { sender, receivers: all };
}

class People {
  readonly #document: PolicyDocument;
  readonly #around: Surroundings;
  #made = 0;

  constructor(document: PolicyDocument, around: Surroundings) {
    this.#document = document;
    this.#around = around;
  }

  is({ domain }: Participant, side: Side): boolean {
    return (domain === this.#around.domain) === (side === 'own');
  }

  anybody(side: Side): Participant {
    return this.#at(side === 'own' ? this.#around.domain : ELSEWHERE);
  }

  /** Somebody for each name of a rule, on either side where it can be either. */
  meant(names: readonly string[], depth = 0): Participant[] {
    if (depth > MAX_DEPTH) return [];
    return names.flatMap((name): Participant[] => {
      if (name === 'own' || name === 'external') return [this.anybody(name)];
      const [kind = '', rest = ''] = name.split(/:(.*)/s);
      if (kind === 'role') return [this.#at(this.#around.domain, [rest]), this.#at(ELSEWHERE, [rest])];
      if (kind === 'domain') {
        const domain = parseDomain(rest);
        return domain.ok ? [this.#at(domain.value)] : [];
      }
      if (kind === 'group') return this.meant(this.#document.groups[rest] ?? [], depth + 1);
      const address = parseAddress(name);
      if (!address.ok) return [];
      const { text } = address.value;
      return [{ address: text, domain: domainOf(text), roles: this.#around.rolesOf(text) }];
    });
  }

  #at(domain: string, roles: readonly string[] = ['member']): Participant {
    this.#made += 1;
    return { address: `chancery-canary-${this.#made}@${domain}`, domain, roles };
  }
}
