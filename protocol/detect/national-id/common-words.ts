/** Words for a national number that are used in many countries, beside those that each country has of its own. */
import { words, type Words } from '../context.ts';

const COMMON = [
  'national id', 'national number', 'national identi', 'identity card', 'identity number', 'identity code', 'identity no',
  'identification number', 'personal id', 'personal number', 'personal code', 'citizen id', 'id card', 'tax id', 'tax number', 'tax no',
  'taxpayer', 'social security', 'social insurance', 'TIN',
]; // prettier-ignore

/** Those of many countries and the given ones. */
export function wordsFor(...own: readonly string[]): Words {
  return words(...COMMON, ...own);
}
