/**
 * National identity, tax and social security numbers of persons, each by its country's own form and check digits.
 * A number that a tenth or more of all numbers would pass for is one only with a word near by that says so.
 */
import { seekForms } from '../forms.ts';
import { AMERICAS } from './americas.ts';
import { ASIA_PACIFIC } from './asia-pacific.ts';
import { NORTHERN_EUROPE } from './northern-europe.ts';
import { WESTERN_EUROPE } from './western-europe.ts';

export const seekNationalIds = seekForms([
  ...WESTERN_EUROPE,
  ...NORTHERN_EUROPE,
  ...AMERICAS,
  ...ASIA_PACIFIC,
]);
