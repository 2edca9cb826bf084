/**
 * National identity, tax and social security numbers of persons, each by its country's own form and check digits.
 * A number that a tenth or more of all numbers would pass for is one only with a word near by that says so.
 */
import { words } from '../context.ts';
import { kindsOfForms, seekForms } from '../forms.ts';
import { AMERICAS } from './americas.ts';
import { ASIA_PACIFIC } from './asia-pacific.ts';
import { NORTHERN_EUROPE } from './northern-europe.ts';
import { WESTERN_EUROPE } from './western-europe.ts';

/** Words for such a number that tell no country. */
const ANYWHERE = words(
  'national id', 'national number', 'national identi', 'identity card', 'identity number', 'identity code', 'identity no', 'identification number',
  'personal id', 'personal number', 'personal code', 'citizen id', 'id card', 'tax id', 'tax number', 'tax no', 'taxpayer', 'TIN',
  'social security', 'social insurance', 'ausweis', 'personalausweis', 'carte d’identité', "carte d'identité", 'documento de identidad', 'documento di identità',
); // prettier-ignore

const ALL = [...WESTERN_EUROPE, ...NORTHERN_EUROPE, ...AMERICAS, ...ASIA_PACIFIC];

export const NATIONAL_ID_KINDS: readonly string[] = kindsOfForms(ALL);

export const seekNationalIds = seekForms(
  ALL.map((form) => (form.near === undefined ? form : { ...form, nearAlso: ANYWHERE })),
);
