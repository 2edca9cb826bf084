/** What is said of an imitation: of whom, and by which means. */

/**
 * Of a domain, the strongest first:
 * - `suffix`: the same label under another public suffix;
 * - `confusable`: it looks the same (UTS #39) by letters that are not ASCII, accents aside;
 * - `homoglyph-digits`: it looks the same at a glance, by 0 and o, 1 and l, rn and m, vv and w, cl and d;
 * - `mixed-script`: as the one before or the one after, and it mixes scripts besides;
 * - `edit`: one character more, less, other or swapped, or two of those in eight or more;
 * - `inclusion`: the label as a whole word of a longer name.
 *
 * Of a person: `name`, the display name; `local-part`, what stands before the `@`; `address-as-name`, an address of
 * ours as display name.
 */
export type How =
  | 'suffix'
  | 'confusable'
  | 'homoglyph-digits'
  | 'mixed-script'
  | 'edit'
  | 'inclusion'
  | 'name'
  | 'local-part'
  | 'address-as-name';

export interface Lookalike {
  /** The domain or address that is imitated. */
  readonly of: string;
  readonly how: How;
}
