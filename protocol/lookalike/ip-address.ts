/** IP addresses as hosts of links, in each form that a browser takes for one (URL Standard, sections 3.3 to 3.5). */

const IPV4_PARTS = 4;
const IPV6_GROUPS = 8;

/** Whether a browser takes the host for an IPv4 address or refuses it, and for nothing else: its last label is a number. */
export function endsInNumber(host: string): boolean {
  return /(?:^|\.)(?:\d+|0x[\da-f]*)\.?$/i.test(host);
}

/** The address in dotted decimal, from decimal, octal and hexadecimal numbers too, and from fewer than four. */
export function parseIpv4(host: string): string | undefined {
  const parts = host.replace(/\.$/, '').split('.');
  if (parts.length > IPV4_PARTS) return undefined;
  const numbers = parts.map(partOfIpv4);
  const last = numbers.pop() ?? NaN;
  const head = numbers.reduce((sum, number, at) => sum + number * 256 ** (3 - at), 0);
  if (!numbers.every((number) => number <= 255) || !(last < 256 ** (IPV4_PARTS - numbers.length)))
    return undefined;
  return [24, 16, 8, 0].map((shift) => ((head + last) >>> shift) & 0xff).join('.');
}

/** The address in the form of RFC 5952, without brackets. */
export function parseIpv6(host: string): string | undefined {
  const [before = '', after, more] = embeddedAsGroups(host.toLowerCase()).split('::');
  if (more !== undefined || !/^[\da-f:]*$/.test(before + (after ?? ''))) return undefined;
  const head = groupsOf(before);
  const tail = groupsOf(after ?? '');
  const missing = IPV6_GROUPS - head.length - tail.length;
  if (after === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...new Array<string>(missing).fill('0'), ...tail];
  if (!groups.every((group) => /^[\da-f]{1,4}$/.test(group))) return undefined;
  return compressed(groups.map((group) => parseInt(group, 16).toString(16)));
}

function partOfIpv4(part: string): number {
  if (/^0x[\da-f]*$/i.test(part)) return parseInt(`0${part.slice(2)}`, 16);
  if (/^0[0-7]+$/.test(part)) return parseInt(part, 8);
  return /^(?:0|[1-9]\d*)$/.test(part) ? parseInt(part, 10) : NaN;
}

/** An IPv4 address at the end (RFC 4291, 2.2, form 3) as two groups. */
function embeddedAsGroups(host: string): string {
  const [end, ...bytes] = /(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host) ?? [];
  const numbers = bytes.map(Number);
  if (end === undefined || numbers.some((number) => number > 255)) return host;
  const [a = 0, b = 0, c = 0, d = 0] = numbers;
  return `${host.slice(0, -end.length)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':');
}

/** The longest run of two or more zeros becomes `::`, the first of those that are equally long. */
function compressed(groups: readonly string[]): string {
  const runs = [...groups.join(':').matchAll(/\b0(?::0)+\b/g)];
  const longest = runs.reduce((best, [run]) => (run.length > best.length ? run : best), '');
  const text = groups.join(':');
  if (longest === '') return text;
  const at = runs.find(([run]) => run === longest)?.index ?? 0;
  return `${text.slice(0, at).replace(/:$/, '')}::${text.slice(at + longest.length).replace(/^:/, '')}`;
}
