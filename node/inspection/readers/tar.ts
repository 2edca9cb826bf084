/** Archives in the tar format (POSIX pax, ustar, GNU), by modern-tar. */
import { unpackTar } from 'modern-tar';
import { plain } from '../draft.ts';
import { MAX_ENTRIES } from '../limits.ts';
import { isUnsafePath } from '../names.ts';
import type { Reading } from '../part.ts';

/** Throws where it is damaged. */
export async function readTar({ part, draft, inspect }: Reading): Promise<void> {
  const { place } = part;
  // all of it is held once more while it is read
  if (draft.unpack(place, part.bytes, (bytes) => bytes) === undefined) return;
  let count = 0;
  const filter = (): boolean => (count += 1) <= MAX_ENTRIES;
  for (const { header, data } of await unpackTar(part.bytes, { strict: true, filter })) {
    if (!draft.countEntry(place)) return;
    const within = `${place}/${plain(header.name)}`;
    if (isUnsafePath(header.name)) draft.risk('unsafe-path', within, 'its path leads out of the archive');
    if (header.type !== 'file' && header.type !== 'directory')
      draft.risk('unsafe-path', within, `is a ${header.type ?? 'special file'}`);
    if (data !== undefined) await inspect({ bytes: data, name: header.name });
  }
  if (count > MAX_ENTRIES) draft.tooManyEntries(place);
}
