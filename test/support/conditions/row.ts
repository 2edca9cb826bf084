/** A setting of a policy's conditions, with messages that meet it and messages that just do not. */
import type { z } from 'zod';
import type { Participant, policyShape, Talk } from '../../../protocol/policy/index.ts';
import { talkOf, type Told } from '../told.ts';

export type Written = z.input<typeof policyShape>;
export type When = Written['rules'][number]['when'];

export interface Row {
  /** The setting, as `settingsOfSchema` names it. */
  readonly of: string;
  readonly when: When;
  /** What the rule refers to. */
  readonly named: Omit<Partial<Written>, 'rules'>;
  readonly meets: readonly Talk[];
  readonly misses: readonly Talk[];
}

/** A message: what a test says of it, or what is to be put in place of parts of it. */
export type Said = Told & Partial<Omit<Talk, keyof Told>>;

export function row(
  of: string,
  when: When,
  { meets, misses }: { readonly meets: readonly Said[]; readonly misses: readonly Said[] },
  named: Row['named'] = {},
): Row {
  return { of, when, named, meets: meets.map(said), misses: misses.map(said) };
}

export function said(message: Said): Talk {
  const told = talkOf(message);
  const replaced = Object.entries(message).filter(([key]) => key in told && key !== 'direction');
  return { ...told, ...Object.fromEntries(replaced) };
}

export function person(address: string, ...roles: string[]): Participant {
  return { address, domain: address.slice(address.indexOf('@') + 1), roles };
}

/** At a moment, as ISO 8601 has it. */
export function at(time: string): Said {
  return { time: Date.parse(time) };
}

export const inside: Said = { isInside: true };
export const incoming: Said = { direction: 'in' };
