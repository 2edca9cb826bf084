/**
 * The names a certificate is for, and those it may vouch for (RFC 5280, sections 4.2.1.6 and 4.2.1.10).
 * Of the kinds of names three are understood: DNS, e-mail and URI; any other is refused, so that none slips past a constraint.
 */
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import { contextTag, element, sequence } from './der.ts';
import type { DerReader } from './der-reader.ts';
import { malformed } from './rejected.ts';

export interface AlternativeNames {
  readonly dns: readonly string[];
  readonly email: readonly string[];
  readonly uri: readonly string[];
}

const KINDS = { email: 1, dns: 2, uri: 6 } as const;

/** Printable ASCII: what an IA5String of ours holds. */
const PRINTABLE = /^[\x21-\x7e]+$/;

const PERMITTED = contextTag(0, true);

/** The GeneralName of each name, in the order e-mail, DNS, URI. */
function generalNames(names: Partial<AlternativeNames>): Uint8Array[] {
  const { email = [], dns = [], uri = [] } = names;
  return [
    ...email.map((name) => element(contextTag(KINDS.email, false), fromString(name))),
    ...dns.map((name) => element(contextTag(KINDS.dns, false), fromString(name))),
    ...uri.map((name) => element(contextTag(KINDS.uri, false), fromString(name))),
  ];
}

class NameCollector implements AlternativeNames {
  readonly dns: string[] = [];
  readonly email: string[] = [];
  readonly uri: string[] = [];

  read(reader: DerReader): void {
    for (const kind of ['dns', 'email', 'uri'] as const) {
      const tag = contextTag(KINDS[kind], false);
      if (!reader.has(tag)) continue;
      const name = toString(reader.next(tag).content, 'latin1');
      if (!PRINTABLE.test(name)) throw malformed('a name is empty or not printable ASCII');
      this[kind].push(name);
      return;
    }
    throw malformed('a name is neither DNS, e-mail nor URI');
  }
}

/** A SubjectAltName. */
export function encodeAlternativeNames(names: Partial<AlternativeNames>): Uint8Array {
  return sequence(...generalNames(names));
}

export function readAlternativeNames(reader: DerReader): AlternativeNames {
  const names = new NameCollector();
  const list = reader.enter();
  do names.read(list);
  while (!list.done);
  return names;
}

/** A NameConstraints that permits what lies under `names` and, of these kinds, nothing else. */
export function encodeNameConstraints(names: Partial<AlternativeNames>): Uint8Array {
  return sequence(element(PERMITTED, ...generalNames(names).map((name) => sequence(name))));
}

/** Excluded subtrees and distances are refused: nothing of ours has them. */
export function readNameConstraints(reader: DerReader): AlternativeNames {
  const names = new NameCollector();
  const constraints = reader.enter();
  const list = constraints.enter(PERMITTED);
  constraints.end();
  do {
    const subtree = list.enter();
    names.read(subtree);
    subtree.end();
  } while (!list.done);
  return names;
}

/** Whether each of the names lies under one that is permitted, compared in lower case as all our names are. */
export function permits(permitted: AlternativeNames, names: AlternativeNames): boolean {
  return (
    names.dns.every((name) => permitted.dns.some((base) => name === base || name.endsWith(`.${base}`))) &&
    names.email.every((name) => permitted.email.includes(name.slice(name.lastIndexOf('@') + 1))) &&
    names.uri.every((name) => permitted.uri.includes(hostOf(name)))
  );
}

/** The host of a URI (RFC 3986, 3.2); empty where there is none. */
function hostOf(uri: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/([a-z0-9.-]+)(?:[/?#]|$)/.exec(uri)?.[1] ?? '';
}
