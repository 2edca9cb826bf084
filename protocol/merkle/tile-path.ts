/**
 * The names of a log's resources as C2SP tlog-tiles has them: `tile/L/N`, `tile/entries/N`, each with `.p/W` where it is
 * partial. A name has one form: what is not exactly that is no name.
 */
import { TILE_WIDTH } from './tiles.ts';

/** A tile of hashes, or a bundle of entries where there is no level. */
export interface TileName {
  /** 0 to 63; null for a bundle of entries. */
  readonly level: number | null;
  readonly index: number;
  /** How many hashes or entries it has: 256, or fewer for a partial one. */
  readonly width: number;
}

const PATH = /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;
const LEVEL_MAX = 63;

/** The path of a tile or bundle, such as `tile/0/x001/x234/067.p/5`. */
export function tilePath({ level, index, width }: TileName): string {
  const partial = width === TILE_WIDTH ? '' : `.p/${width}`;
  return `tile/${level ?? 'entries'}/${indexPath(index)}${partial}`;
}

/** Undefined for what is not the path of a tile or bundle, or one beyond 2^53 - 1. */
export function parseTilePath(path: string): TileName | undefined {
  const [, kind = '', digits = '', partial] = PATH.exec(path) ?? [];
  if (kind === '') return undefined;
  const index = Number(digits.replaceAll(/[x/]/g, ''));
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  const level = kind === 'entries' ? null : Number(kind);
  const whole = partial === undefined || width < TILE_WIDTH;
  const usable = Number.isSafeInteger(index) && indexPath(index) === digits;
  return usable && whole && (level ?? 0) <= LEVEL_MAX ? { level, index, width } : undefined;
}

/** Three digits an element, all but the last after an x. */
function indexPath(index: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const elements = padded.match(/.../g) ?? [];
  return elements.map((element, at) => (at === elements.length - 1 ? element : `x${element}`)).join('/');
}
