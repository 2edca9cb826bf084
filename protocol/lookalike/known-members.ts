/** The members of one's own organisation, prepared for looking for imitations of them. */
import { addressParts, isDistinct, nameKeys } from './person-name.ts';

export interface NamedMember {
  readonly name: string;
  /** In canonical form: `alice@acme.example`. */
  readonly address: string;
}

export interface KnownMembers {
  readonly addresses: ReadonlySet<string>;
  /** The organisation's own: who writes from there is no outsider. */
  readonly domains: ReadonlySet<string>;
  readonly byName: ReadonlyMap<string, readonly NamedMember[]>;
  readonly byLocal: ReadonlyMap<string, readonly NamedMember[]>;
}

/** Prepares a list of members. A name of one word counts only where it is disguised: there are many of the name Alice. */
export function knownMembers(members: readonly NamedMember[]): KnownMembers {
  const byName = new Map<string, NamedMember[]>();
  const byLocal = new Map<string, NamedMember[]>();
  for (const member of members) {
    const { local } = addressParts(member.address);
    for (const key of nameKeys(member.name)) add(byName, key, member);
    if (isDistinct(local, member.name)) for (const key of nameKeys(local)) add(byLocal, key, member);
  }
  return {
    addresses: new Set(members.map(({ address }) => address)),
    domains: new Set(members.map(({ address }) => addressParts(address).domain)),
    byName,
    byLocal,
  };
}

function add(index: Map<string, NamedMember[]>, key: string, member: NamedMember): void {
  const members = index.get(key);
  if (members === undefined) index.set(key, [member]);
  else members.push(member);
}
