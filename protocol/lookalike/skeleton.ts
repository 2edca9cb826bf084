/**
 * Skeletons (UTS #39, section 4): two texts that look alike have the same one. Guarantees: pure, linear in the text's
 * length, the same for every build, for the data is fixed. Not for display, and no identifier: only for comparing.
 * Without the reordering of bidirectional text (bidiSkeleton): what IDNA admits is held to its rule for such text.
 */
import { CONFUSABLES } from './unicode-tables.ts';

/** Characters that show nothing. */
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;

/** Accents on letters that are read as the same letter without them. In other scripts marks are vowels: they stay. */
const ACCENTED = /([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{Mn}+/gu;

let prototypes: ReadonlyMap<string, string> | undefined;

/** The skeleton of a text (internalSkeleton of UTS #39, section 4). Case counts: fold it before where it should not. */
export function skeleton(text: string): string {
  prototypes ??= readPrototypes();
  let mapped = '';
  for (const character of text.normalize('NFD').replace(IGNORABLE, '')) {
    mapped += prototypes.get(character) ?? character;
  }
  return mapped.normalize('NFD');
}

/** The text without the accents of Latin, Greek and Cyrillic letters. */
export function withoutAccents(text: string): string {
  return text.normalize('NFD').replace(ACCENTED, '$1').normalize('NFC');
}

function readPrototypes(): Map<string, string> {
  const read = new Map<string, string>();
  let from = 0;
  for (const part of CONFUSABLES.split(',')) {
    const [points = '', count = '1'] = part.split('*');
    const [gap = 0, ...to] = points.split(' ').map((point) => parseInt(point, 36));
    from += gap;
    const more = parseInt(count, 36) - 1;
    for (let step = 0; step <= more; step++) {
      read.set(String.fromCodePoint(from + step), String.fromCodePoint(...to.map((point) => point + step)));
    }
    from += more;
  }
  return read;
}
