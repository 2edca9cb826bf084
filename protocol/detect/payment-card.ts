/**
 * Payment card numbers (ISO/IEC 7812): Luhn's check digit, a network's prefix and a length that it gives out, written
 * in one piece or in the groups in which cards print them. The networks' ranges are those of credit-card-type.
 */
import creditCardType from 'credit-card-type';
import { luhn } from './checksums.ts';
import { words } from './context.ts';
import { grouped, seekForms, type Form } from './forms.ts';

interface Range {
  readonly network: string;
  readonly lengths: readonly number[];
  /** The first and the last prefix, which have as many digits. */
  readonly first: string;
  readonly last: string;
}

/** What the library leaves out: Visa's first cards. */
const FURTHER_LENGTHS: Readonly<Record<string, readonly number[]>> = { visa: [13] };

/** A longer prefix comes first: Troy's cards are none of Discover's, whose ranges they lie in. */
const RANGES = Object.values(creditCardType.types)
  .flatMap(rangesOf)
  .sort((a, b) => b.first.length - a.first.length);

/** By their first digit. */
const RANGES_OF = Array.from({ length: 10 }, (_, digit) =>
  RANGES.filter(({ first, last }) => Number(first[0]) <= digit && digit <= Number(last[0])),
);

/** How long a network's cards are today. Others are rare, and numbers of other kinds are as long. */
const USUAL = [16, 19];
const USUAL_OF: Readonly<Record<string, readonly number[]>> = {
  'american-express': [15],
  'diners-club': [14, 16],
};
/** Listed as one of Maestro's, it is where cards of no other range begin, and a tenth of all other numbers. */
const ANY = '6';

const NEAR = words(
  'card', 'credit', 'debit', 'visa', 'mastercard', 'maestro', 'amex', 'unionpay', 'PAN', 'CVV', 'CVC', 'expir', 'valid thru',
  'karte', 'karten', 'kreditkarte', 'girocard', 'carte', 'tarjeta', 'carta di', 'cartão', 'kaart', 'kort', 'kortti', 'karta', 'kártya', 'kart',
  'карта', 'карты', 'κάρτα', 'カード', '信用卡', '银行卡', '카드', 'بطاقة', 'כרטיס',
); // prettier-ignore

/** The groups of printed cards; those of 4, 4, 4, 4 are the usual ones, 4, 6, 5 American Express's, 4, 6, 4 Diners Club's. */
const SHAPES = [
  [4, 4, 4, 4], [4, 6, 5], [4, 6, 4], [4, 4, 4, 4, 3], [4, 4, 4, 1], [4, 4, 4, 4, 2], [4, 4, 4, 3], [6, 13], [12], [17],
].map((lengths) => grouped(...lengths)); // prettier-ignore

export const CARD_KINDS: readonly string[] = RANGES.map(({ network }) => network);

export const seekPaymentCards = seekForms(
  SHAPES.map((shape): Form => ({
    ...shape,
    kind: (digits) => rangeOf(digits)?.network,
    check: (digits) => luhn(digits) && rangeOf(digits) !== undefined,
    near: (digits) => (isUsual(digits) ? undefined : NEAR),
  })),
);

function rangesOf(network: string): Range[] {
  const { patterns, lengths } = creditCardType.getTypeInfo(network);
  const all = [...lengths, ...(FURTHER_LENGTHS[network] ?? [])];
  return patterns.map((pattern) => {
    const [first, last] = Array.isArray(pattern) ? pattern : [pattern, pattern];
    return { network, lengths: all, first: String(first), last: String(last) };
  });
}

/** The range that cards with such a number are given out of, if one is. */
function rangeOf(digits: string): Range | undefined {
  return RANGES_OF[Number(digits[0])]?.find(({ first, last, lengths }) => {
    const prefix = digits.slice(0, first.length);
    return first <= prefix && prefix <= last && lengths.includes(digits.length);
  });
}

function isUsual(digits: string): boolean {
  const { network = '', first = ANY } = rangeOf(digits) ?? {};
  return first !== ANY && (USUAL_OF[network] ?? USUAL).includes(digits.length);
}
