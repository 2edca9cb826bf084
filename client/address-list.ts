/** Lists of people in the one form a conversation has them. */
import { ChanceryError } from '../protocol/errors/index.ts';
import { parseAddress } from '../protocol/names/index.ts';

/** Canonical addresses in ascending order, each once. Throws `name.bad-address` or `name.bad-domain`. */
export function addressList(addresses: readonly string[]): string[] {
  return [...new Set(addresses.map(canonicalAddress))].sort();
}

/** The one form of an address. Throws `name.bad-address` or `name.bad-domain`. */
export function canonicalAddress(address: string): string {
  const parsed = parseAddress(address);
  if (!parsed.ok) throw ChanceryError.from(parsed.refusal);
  return parsed.value.text;
}
