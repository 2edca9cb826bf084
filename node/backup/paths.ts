/**
 * What lies where in a backup: the log as C2SP tlog-tiles has it, `checkpoint`, `tile/L/N` and `tile/entries/N`, and beside
 * it `sealed/N`, what is stored for the entries of bundle N, `cosigned/DOMAIN`, the newest checkpoint that a partner
 * cosigned, `disposals/N`, the certificates of what is stored no more, `attachments`, the files of messages, and `manifest`,
 * all else that a restored home needs. Names of partial tiles tell their width, so an older backup's files are never
 * written over.
 */
import { toString } from 'uint8arrays/to-string';
import { hashesAtLevel, openWidth, tileLevels, tilePath, TILE_WIDTH } from '../../protocol/merkle/index.ts';

export const CHECKPOINT = 'checkpoint';
export const MANIFEST = 'manifest';
export const COSIGNED = 'cosigned';
export const DISPOSALS = 'disposals';
export const ATTACHMENTS = 'attachments';

/** The folders and files of a backup, at its top: anything else is not ours. */
export const TOP_NAMES: ReadonlySet<string> = new Set([
  CHECKPOINT,
  MANIFEST,
  COSIGNED,
  DISPOSALS,
  ATTACHMENTS,
  'tile',
  'sealed',
]);

/** A window of up to 256 entries of the log. */
export interface Window {
  readonly index: number;
  readonly width: number;
}

/** Where the sealed file of a hash lies. */
export function attachmentPath(sealed: Uint8Array): string {
  const name = toString(sealed, 'hex');
  return `${ATTACHMENTS}/${name.slice(0, 2)}/${name}`;
}

export function windowOf(index: number, size: number): Window {
  return { index, width: Math.min(TILE_WIDTH, size - index * TILE_WIDTH) };
}

export function windowsIn(size: number): number {
  return Math.ceil(size / TILE_WIDTH);
}

/** The files of one window. */
export function windowPaths({ index, width }: Window): Record<'tile' | 'entries' | 'sealed', string> {
  const entries = tilePath({ level: null, index, width });
  return {
    tile: tilePath({ level: 0, index, width }),
    entries,
    sealed: entries.replace('tile/entries/', 'sealed/'),
  };
}

/** The tiles above level 0 of a log of `size`, from tile `first` of level 1 on and those above it. */
export function upperTiles(
  size: number,
  first = 0,
): { readonly level: number; readonly index: number; readonly width: number }[] {
  const tiles = [];
  for (let level = 1; level < tileLevels(size); level += 1) {
    const full = Math.floor(hashesAtLevel(level, size) / TILE_WIDTH);
    const from = Math.floor(first / TILE_WIDTH ** (level - 1));
    for (let index = from; index < full; index += 1) tiles.push({ level, index, width: TILE_WIDTH });
    const width = openWidth(level, size);
    if (width > 0) tiles.push({ level, index: full, width });
  }
  return tiles;
}
