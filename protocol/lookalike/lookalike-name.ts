/**
 * People of other organisations who pass for one of our members. Guarantees: a member is never called an imitation of
 * anybody; never throws; one look-up, whatever the number of members.
 */
import { parseAddress } from '../names/index.ts';
import type { KnownMembers, NamedMember } from './known-members.ts';
import type { Lookalike } from './lookalike.ts';
import { addressParts, isFullName, isSamePlainly, keysOfShown, nameKeys } from './person-name.ts';

/** Characters of an address that are looked at. */
const MAX_ADDRESS = 512;

/**
 * Whom the person imitates by display name or local part; undefined for nobody. The address is in canonical form.
 * Initials stand for no name: `A. Smith` imitates nobody.
 */
export function lookalikeName(name: string, address: string, members: KnownMembers): Lookalike | undefined {
  const { local, domain } = addressParts(address.slice(0, MAX_ADDRESS));
  if (members.domains.has(domain)) return undefined;
  const named = addressIn(name, members);
  if (named) return { of: named, how: 'address-as-name' };
  const byName = imitated(name, keysOfShown(name), members);
  if (byName) return { of: byName.address, how: 'name' };
  const keys = nameKeys(local);
  const byLocal = imitated(local, keys, members) ?? find(keys, members.byLocal, () => true);
  return byLocal && { of: byLocal.address, how: 'local-part' };
}

/** An address of ours that the name shows, alone or among other words. */
function addressIn(name: string, members: KnownMembers): string | undefined {
  if (!name.includes('@')) return undefined;
  for (const [shown] of name.slice(0, MAX_ADDRESS).matchAll(/[^\s<>()[\]",;]+/g)) {
    const address = shown.includes('@') ? parseAddress(shown.replace(/^mailto:/i, '')) : undefined;
    if (address?.ok && members.addresses.has(address.value.text)) return address.value.text;
  }
  return undefined;
}

/** One word, such as a first name, is shared by many: it imitates only where it is written in other characters. */
function imitated(shown: string, keys: readonly string[], members: KnownMembers): NamedMember | undefined {
  return find(keys, members.byName, ({ name }) => isFullName(name) || !isSamePlainly(shown, name));
}

function find(
  keys: readonly string[],
  index: ReadonlyMap<string, readonly NamedMember[]>,
  counts: (member: NamedMember) => boolean,
): NamedMember | undefined {
  for (const key of keys) {
    const found = index.get(key)?.find(counts);
    if (found) return found;
  }
  return undefined;
}
