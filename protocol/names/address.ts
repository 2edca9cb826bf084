/**
 * Addresses of members, such as `alice@acme.example`. Guarantees: what is accepted is in its one canonical form, so
 * that two addresses are the same exactly if their texts are.
 * The local part follows the PRECIS profile UsernameCaseMapped (RFC 8265, section 3.3) with a narrower repertoire:
 * letters, digits and their marks, and inside also `.`, `-`, `_` and `+`.
 */
import { fromString } from 'uint8arrays/from-string';
import { accept, refuse, type Result } from '../errors/index.ts';
import { parseDomain } from './domain.ts';

/** Bytes of a local part in UTF-8 (as in SMTP, RFC 5321, 4.5.3.1.1). */
const MAX_LOCAL_BYTES = 64;

/** Fullwidth and halfwidth forms, which are typed where their plain twins are meant. */
const WIDE = /[\uff01-\uffef]/gu;

const WORD = String.raw`[\p{L}\p{M}\p{Nd}_+\-]`;
const FORM = new RegExp(String.raw`^[\p{L}\p{Nd}]${WORD}*(?:\.[\p{L}\p{Nd}]${WORD}*)*$`, 'u');

/** Characters that show nothing. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

export interface Address {
  readonly local: string;
  /** A-labels in lower case. */
  readonly domain: string;
  /** Both, joined by `@`: what is stored, compared and shown. */
  readonly text: string;
}

/** Brings an address into its canonical form. Refuses with `name.bad-address`, or `name.bad-domain` for its domain. */
export function parseAddress(text: string): Result<Address> {
  const at = text.lastIndexOf('@');
  const local = at > 0 && at <= 4 * MAX_LOCAL_BYTES ? canonicalLocal(text.slice(0, at)) : undefined;
  if (local === undefined) {
    const shown = JSON.stringify(text.slice(0, 64));
    return refuse('name.bad-address', `${shown} is not an address; write it like alice@acme.example`);
  }
  const domain = parseDomain(text.slice(at + 1));
  if (!domain.ok) return domain;
  return accept({ local, domain: domain.value, text: `${local}@${domain.value}` });
}

/** Width mapping, case mapping, normalisation and prohibition, in the order of RFC 8265, 3.3.3. */
function canonicalLocal(text: string): string | undefined {
  const local = fold(text);
  if (!FORM.test(local) || INVISIBLE.test(local)) return undefined;
  if (local.normalize('NFKC') !== local || fold(local) !== local) return undefined;
  return fromString(local).length <= MAX_LOCAL_BYTES ? local : undefined;
}

function fold(text: string): string {
  return text
    .replace(WIDE, (character) => character.normalize('NFKC'))
    .toLowerCase()
    .normalize('NFC');
}
