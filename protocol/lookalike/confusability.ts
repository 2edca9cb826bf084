/** Whether two texts can be taken for each other, and by which means (UTS #39, section 4). */
import { resolvedScripts } from './scripts.ts';
import { skeleton } from './skeleton.ts';

/**
 * `single-script`: both of one script that they share. `whole-script`: each of one script, and none is shared.
 * `mixed-script`: at least one of them mixes scripts.
 */
export type Confusability = 'single-script' | 'whole-script' | 'mixed-script';

/** How the two texts are confusable; undefined where they are not, or are the same text. */
export function confusability(one: string, other: string): Confusability | undefined {
  if (one.normalize() === other.normalize() || skeleton(one) !== skeleton(other)) return undefined;
  const [ofOne, ofOther] = [resolvedScripts(one), resolvedScripts(other)];
  if (ofOne?.size === 0 || ofOther?.size === 0) return 'mixed-script';
  if (ofOne === undefined || ofOther === undefined) return 'single-script';
  return [...ofOne].some((script) => ofOther.has(script)) ? 'single-script' : 'whole-script';
}

/** Whether a text of another script than Latin reads as plain Latin letters, as `аррӏе` in Cyrillic does. */
export function readsAsLatin(text: string): boolean {
  const scripts = resolvedScripts(text);
  if (scripts === undefined || scripts.size === 0 || scripts.has('Latn')) return false;
  return /^[a-z\d-]*$/i.test(skeleton(text));
}
