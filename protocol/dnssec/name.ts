/**
 * Domain names as the DNSSEC code holds them: lower-case text without a trailing dot, the root being `.`.
 * Only labels of letters, digits, hyphen and underscore are known, so text and wire form (RFC 1035, section 3.1)
 * map one to one and a name is always in the canonical form of RFC 4034, section 6.2.
 */

/** The root zone's name. */
export const ROOT = '.';

const LABEL = /^[a-z0-9_-]{1,63}$/;

/** Longest name on the wire, its closing zero included (RFC 1035, section 2.3.4). */
const MAX_NAME_BYTES = 255;

/** The canonical form of a name in any case, with or without a trailing dot; `undefined` if it is not usable. */
export function canonicalName(text: string): string | undefined {
  if (text === ROOT) return ROOT;
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  const usable = name.length + 2 <= MAX_NAME_BYTES && name.split('.').every((label) => LABEL.test(label));
  return usable ? name : undefined;
}

/** How many labels a canonical name has; the root has none. */
export function labelCount(name: string): number {
  return labelsOf(name).length;
}

/** Whether the name lies below the ancestor, and is not the ancestor itself. Both canonical. */
export function isBelow(name: string, ancestor: string): boolean {
  if (name === ancestor) return false;
  return ancestor === ROOT || name.endsWith(`.${ancestor}`);
}

/** The uncompressed wire form of a canonical name. */
export function nameToWire(name: string): Uint8Array {
  const wire: number[] = [];
  for (const label of labelsOf(name)) {
    wire.push(label.length);
    for (let i = 0; i < label.length; i++) wire.push(label.charCodeAt(i));
  }
  wire.push(0);
  return Uint8Array.from(wire);
}

/** Reads an uncompressed name; the result is canonical, `end` the offset after it. `undefined` if it is not usable. */
export function readName(wire: Uint8Array, offset: number): { name: string; end: number } | undefined {
  const labels: string[] = [];
  for (let at = offset; at < wire.length && at - offset < MAX_NAME_BYTES;) {
    const length = wire[at] ?? 0;
    const start = at + 1;
    at = start + length;
    if (length === 0) {
      const name = canonicalName(labels.length === 0 ? ROOT : labels.join('.'));
      return name === undefined ? undefined : { name, end: at };
    }
    if (length > 63 || at > wire.length) return undefined;
    const label = String.fromCharCode(...wire.subarray(start, at)).toLowerCase();
    if (!LABEL.test(label)) return undefined;
    labels.push(label);
  }
  return undefined;
}

function labelsOf(name: string): readonly string[] {
  return name === ROOT ? [] : name.split('.');
}
