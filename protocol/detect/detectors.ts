/** The detectors by their names, which are those that a policy has for them. */
import { seekEmails } from './email.ts';
import { foundIn, type Find, type Found, type Seek } from './found.ts';
import { HEALTH_NUMBER_KINDS, seekHealthNumbers } from './health-number.ts';
import { IBAN_KINDS, seekIbans } from './iban.ts';
import { NATIONAL_ID_KINDS, seekNationalIds } from './national-id/national-id.ts';
import { PASSPORT_KINDS, seekPassports } from './passport.ts';
import { CARD_KINDS, seekPaymentCards } from './payment-card.ts';
import { PHONE_KINDS, seekPhones } from './phone.ts';
import { plainOf, type Plain } from './plain.ts';
import { SECRET_KINDS, seekSecrets } from './secret.ts';

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

const KINDS: Readonly<Record<DetectorName, ReadonlySet<string>>> = {
  'payment-card': new Set(CARD_KINDS),
  iban: new Set(IBAN_KINDS),
  'national-id': new Set(NATIONAL_ID_KINDS),
  passport: new Set(PASSPORT_KINDS),
  'health-number': new Set(HEALTH_NUMBER_KINDS),
  phone: new Set(PHONE_KINDS),
  email: new Set(),
  secret: new Set(SECRET_KINDS),
};

/** All kinds that a detector tells. */
export function kindsOf(name: DetectorName): ReadonlySet<string> {
  return KINDS[name];
}

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
