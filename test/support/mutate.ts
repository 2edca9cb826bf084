/**
 * Changes bytes as an attacker does who knows what they are: bits, cuts and splices, and beneath that the elements of
 * DER and of CBOR, put together again so that what is changed still parses and reaches the checks behind the parser.
 */
import { decode, encode } from 'cborg';
import type { SeededRandom } from './seeded-random.ts';

/** Other sound inputs of the same kind, to splice from. */
export type Samples = readonly Uint8Array[];

type Mutation = (random: SeededRandom, bytes: Uint8Array, samples: Samples) => Uint8Array;

const EDGES = [0x00, 0x01, 0x7f, 0x80, 0xff];

/** Where something is cut or put in, at or before the end. */
function place(random: SeededRandom, bytes: Uint8Array): number {
  return random.between(0, bytes.length + 1);
}

function slice(random: SeededRandom, bytes: Uint8Array, most = 40): Uint8Array {
  const from = place(random, bytes);
  return bytes.subarray(from, from + random.between(1, most));
}

function replaced(bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
}

function noise(random: SeededRandom, most: number): Uint8Array {
  return Uint8Array.from({ length: random.between(0, most) }, () => random.between(0, 256));
}

const PLAIN: readonly Mutation[] = [
  (random, bytes) => {
    const at = random.between(0, Math.max(1, bytes.length));
    return bytes.map((byte, i) => (i === at ? byte ^ (1 << random.between(0, 8)) : byte));
  },
  (random, bytes) => {
    const at = random.between(0, Math.max(1, bytes.length));
    return bytes.map((byte, i) => (i === at ? random.pick(EDGES) : byte));
  },
  (random, bytes) => bytes.subarray(0, place(random, bytes)),
  (random, bytes) => bytes.subarray(place(random, bytes)),
  (random, bytes) => replaced(bytes, place(random, bytes), random.between(1, 40), new Uint8Array()),
  (random, bytes) => replaced(bytes, place(random, bytes), 0, slice(random, bytes)),
  (random, bytes) => replaced(bytes, place(random, bytes), random.between(0, 4), noise(random, 6)),
  (random, bytes, samples) => {
    const part = slice(random, random.pick(samples), 200);
    return replaced(bytes, place(random, bytes), random.pick([0, part.length]), part);
  },
];

/** Bits, bytes, cuts and splices, of whatever the bytes are. */
export const mutateBytes: Mutation = (random, bytes, samples) => random.pick(PLAIN)(random, bytes, samples);

interface Element {
  readonly tag: number;
  /** What it holds: elements, or bytes. */
  readonly content: readonly Element[] | Uint8Array;
}

const CONSTRUCTED = 0x20;
const OCTET_STRING = 0x04;

/** The elements of DER; `undefined` where the bytes are not DER to the end. */
function elementsOf(bytes: Uint8Array): Element[] | undefined {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const [tag = 0, first = 0] = bytes.subarray(at, at + 2);
    const width = first < 0x80 ? 0 : first - 0x80;
    const long = bytes.subarray(at + 2, at + 2 + width);
    const length = width === 0 ? first : long.reduce((sum, byte) => sum * 256 + byte, 0);
    const begin = at + 2 + width;
    if (width > 2 || begin + length > bytes.length) return undefined;
    const content = bytes.subarray(begin, begin + length);
    const nests = (tag & CONSTRUCTED) !== 0 || tag === OCTET_STRING;
    elements.push({ tag, content: (nests ? elementsOf(content) : undefined) ?? content });
    at = begin + length;
  }
  return elements;
}

function derOf({ tag, content }: Element): Uint8Array {
  const bytes = content instanceof Uint8Array ? content : Buffer.concat(content.map(derOf));
  const { length } = bytes;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Uint8Array.of(tag, ...head), bytes]);
}

function every(elements: readonly Element[]): Element[] {
  return elements.flatMap((element) =>
    element.content instanceof Uint8Array ? [element] : [element, ...every(element.content)],
  );
}

/** Changes one element of DER, and every length around it to fit. */
export const mutateDer: Mutation = (random, bytes, samples) => {
  const tree = elementsOf(bytes);
  if (tree === undefined || tree.length === 0) return mutateBytes(random, bytes, samples);
  const target = random.pick(every(tree));
  const other = random.pick(every(elementsOf(random.pick(samples)) ?? tree));
  const change = (): readonly Element[] => {
    const { tag, content } = target;
    const raw = content instanceof Uint8Array ? content : Buffer.concat(content.map(derOf));
    switch (random.between(0, 7)) {
      case 0:
        return [];
      case 1:
        return [target, target];
      case 2:
        return [other];
      case 3:
        return [target, other];
      case 4:
        return [{ tag: random.pick([tag ^ CONSTRUCTED, random.between(0, 256)]), content }];
      case 5:
        return [{ tag, content: content instanceof Uint8Array ? noise(random, 40) : content.toReversed() }];
      default:
        return [{ tag, content: mutateBytes(random, raw, samples) }];
    }
  };
  const rebuilt = (elements: readonly Element[]): Element[] =>
    elements.flatMap((element) => {
      if (element === target) return change();
      const { tag, content } = element;
      return [content instanceof Uint8Array ? element : { tag, content: rebuilt(content) }];
    });
  return Buffer.concat(rebuilt(tree).map(derOf));
};

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  const inner =
    value instanceof Uint8Array || typeof value !== 'object' || value === null
      ? []
      : Array.isArray(value)
        ? value.map((item, i) => [i, item] as const)
        : Object.entries(value);
  return [path, ...inner.flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((found, key) => (found as Record<string | number, unknown>)[key], value);
}

function edited(value: unknown, [key, ...rest]: Path, change: (value: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((item: unknown, i) => (i === key ? edited(item, rest, change) : item));
  const map = value as Record<string, unknown>;
  return { ...map, [key]: edited(map[key], rest, change) };
}

const STRANGE = [null, true, '', 'acme.test', -1, 0, 2 ** 53 - 1, new Uint8Array(), [], {}];

function mutateValue(random: SeededRandom, value: unknown, samples: Samples): unknown {
  if (value instanceof Uint8Array) {
    const inside = random.pick([mutateBytes, mutateDer, mutateCbor]);
    return random.between(0, 8) === 0 ? random.pick(STRANGE) : inside(random, value, samples);
  }
  if (Array.isArray(value) && value.length > 0 && random.between(0, 4) > 0) {
    const i = random.between(0, value.length);
    const j = random.between(0, value.length);
    return random.pick<unknown[]>([
      value.toSpliced(i, 1),
      value.toSpliced(i, 0, value[j]),
      value.with(i, value[j]).with(j, value[i]),
    ]);
  }
  if (typeof value === 'number') return random.pick([value + 1, value - 1, -value, value * 2 ** 20]);
  if (typeof value === 'string')
    return random.pick([value.toUpperCase(), `${value}.`, value.slice(1), value.replace('a', '\u0430')]);
  return random.pick(STRANGE);
}

/** Changes one value of CBOR, or of what is in one of its byte strings, and encodes it all again. */
export function mutateCbor(random: SeededRandom, bytes: Uint8Array, samples: Samples): Uint8Array {
  try {
    const value: unknown = decode(bytes);
    const [first = [], ...others] = pathsOf(value);
    const path = random.pick(others.length > 0 ? others : [first]);
    const foreign: unknown = decode(random.pick(samples));
    const change = (found: unknown): unknown => {
      if (random.between(0, 6) > 0) return mutateValue(random, found, samples);
      return at(foreign, random.pick(pathsOf(foreign)));
    };
    return encode(edited(value, path, change));
  } catch {
    return mutateBytes(random, bytes, samples); // not CBOR, or nothing that CBOR holds
  }
}
