/** By what messages go together with one that was reported: the device that signed it, the hosts its links lead to, its file. */
import { linksIn } from '../../protocol/lookalike/index.ts';
import type { Content } from '../../protocol/message/index.ts';
import type { ReportTrait } from '../../protocol/wire/index.ts';

/** Where a trait was found in a message, in UTF-16 units of its text; of the device and of a file both are 0. */
export interface Trait {
  readonly trait: ReportTrait;
  readonly value: Uint8Array | string;
  readonly place: 'sender' | 'text' | 'file';
  readonly start: number;
  readonly end: number;
}

/** @param key the public key of the device that signed it: its certificate is renewed, and its key is not */
export function deviceTrait(key: Uint8Array): Trait[] {
  return [{ trait: 'device', value: key, place: 'sender', start: 0, end: 0 }];
}

/**
 * Each host once.
 * @param domain our own, to which a link tells nothing
 */
export function hostTraits(content: Content, domain: string): Trait[] {
  if (!('text' in content)) return [];
  const found = new Map<string, Trait>();
  for (const { host, target, start, end } of linksIn(content.text)) {
    const isOwn = host === domain || host.endsWith(`.${domain}`);
    // an address to write to leads nowhere
    if (host === '' || target.startsWith('mailto:') || isOwn || found.has(host)) continue;
    found.set(host, { trait: 'host', value: host, place: 'text', start, end });
  }
  return [...found.values()];
}

export function fileTrait(content: Content): Trait[] {
  if (content.kind !== 'attachment') return [];
  return [{ trait: 'file', value: content.file.digest, place: 'file', start: 0, end: 0 }];
}

/** Hosts and file of several contents, each once. */
export function merged(traits: readonly Trait[]): { hosts: string[]; file: Uint8Array | null } {
  const hosts = traits.flatMap(({ value }) => (typeof value === 'string' ? [value] : []));
  const file = traits.find(({ trait }) => trait === 'file')?.value;
  return { hosts: [...new Set(hosts)], file: file === undefined || typeof file === 'string' ? null : file };
}
