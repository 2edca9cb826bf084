/** A link in a text: what is shown, and where it leads. */

/**
 * What makes a link deceptive:
 * - `user-info`: something before an `@`, which is easily taken for the host: `https://acme.example@evil.test`; not a mere
 *   name with other schemes than those of the web, as in `ssh://git@acme.example`;
 * - `backslash`: one before or right after the host, which browsers take for a slash: `https://evil.test\@acme.example`;
 * - `ip-address`: it leads to an address that no name stands for; `odd-number`: written so that it is not seen as one;
 * - `punycode`: the host is written in A-labels, which nobody can read;
 * - `mixed-script`: a label mixes scripts that no language mixes (UTS #39, beyond highly restrictive);
 * - `reads-as-latin`: a label of another script reads as Latin letters, under a Latin top-level domain;
 * - `separator-lookalike`: a character of the host passes for `/`, `:`, `?`, `#` or `@`;
 * - `script-scheme`: it runs or holds content of its own (`javascript:`, `vbscript:`, `data:`);
 * - `bidi-control`: characters that reorder what is shown, in the link or still in force before it;
 * - `invisible-character`: characters in the link that show nothing;
 * - `unreadable-host`: no browser would find a host in it.
 */
export type Trick =
  | 'user-info'
  | 'backslash'
  | 'ip-address'
  | 'odd-number'
  | 'punycode'
  | 'mixed-script'
  | 'reads-as-latin'
  | 'separator-lookalike'
  | 'script-scheme'
  | 'bidi-control'
  | 'invisible-character'
  | 'unreadable-host';

export interface Link {
  /** Where it stands in the text, in UTF-16 code units; the end is the first after it. */
  readonly start: number;
  readonly end: number;
  /** What people see: the text of a Markdown link, otherwise the link as it is written. */
  readonly shown: string;
  /** The URL that is followed: for a bare domain with `https://`, for an address with `mailto:` before it. */
  readonly target: string;
  /** In A-labels, or an IP address as `readHost` has it; empty where it leads to no host, as `javascript:` and `tel:`. */
  readonly host: string;
  /** The host for people, with U-labels. */
  readonly unfolded: string;
  /** Whether what is shown names a host that is not of the same registrable domain as the one it leads to. */
  readonly mismatch: boolean;
  /** Each trick once; none for an honest link. */
  readonly deceptive: readonly Trick[];
}
