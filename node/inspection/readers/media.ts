/**
 * Pictures, sound, films and fonts: no text of theirs is read, but what is written into their bytes is, such as what a camera
 * or a program says of itself, or a text that was put behind the picture. Archives behind them are told of.
 */
import type { Reading } from '../part.ts';

/** Runs of so many printable characters: by chance there are few of those. */
const RUNS = /[\t\r\n -~]{16,}/g;

/** Archives that programs find behind a picture, and that are not read: RAR and 7z. */
const ARCHIVES = ['Rar!\x1a\x07', '7z\xbc\xaf\x27\x1c'];

export function readMedia({ part, draft }: Reading): void {
  const bytes = Buffer.from(part.bytes.buffer, part.bytes.byteOffset, part.bytes.length);
  if (ARCHIVES.some((magic) => bytes.includes(magic, 0, 'latin1'))) {
    draft.risk('polyglot', part.place, 'is an archive, too');
    draft.fail(part.place, 'holds an archive that is not read');
  }
  const runs: string[] = [];
  let length = 0;
  for (const [run] of bytes.toString('latin1').matchAll(RUNS)) {
    runs.push(run);
    length += run.length;
    if (length > draft.room) break;
  }
  draft.text(`${part.place}, written in its bytes`, runs.join('\n'));
}
