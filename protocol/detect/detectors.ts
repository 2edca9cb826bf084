/** The detectors by their names, which are those that a policy has for them. */
import { seekEmails } from './email.ts';
import { foundIn, type Find, type Found, type Seek } from './found.ts';
import { seekHealthNumbers } from './health-number.ts';
import { seekIbans } from './iban.ts';
import { seekNationalIds } from './national-id/national-id.ts';
import { seekPassports } from './passport.ts';
import { seekPaymentCards } from './payment-card.ts';
import { seekPhones } from './phone.ts';
import { plainOf, type Plain } from './plain.ts';
import { seekSecrets } from './secret.ts';

export const DETECTORS = [
  'payment-card',
  'iban',
  'national-id',
  'passport',
  'health-number',
  'phone',
  'email',
  'secret',
] as const;

export type DetectorName = (typeof DETECTORS)[number];

const SEEKS: Readonly<Record<DetectorName, Seek>> = {
  'payment-card': seekPaymentCards,
  iban: seekIbans,
  'national-id': seekNationalIds,
  passport: seekPassports,
  'health-number': seekHealthNumbers,
  phone: seekPhones,
  email: seekEmails,
  secret: seekSecrets,
};

/** One detector by itself; where a text goes through several, {@link findAll} is faster. */
export function detector(name: DetectorName): Find {
  return (text) => findAll(text, [name]);
}

/** The findings of the named detectors in the order of the text; those of different ones may overlap. */
export function findAll(text: string | Plain, names: readonly DetectorName[]): readonly Found[] {
  const plain = plainOf(text);
  const found = names.flatMap((name) => foundIn(name, plain, SEEKS[name](plain)));
  return found.sort((a, b) => a.start - b.start || b.end - a.end);
}
