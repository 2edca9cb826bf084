/** A file packed by gzip (RFC 1952). A tar archive in it is of the same level: the two are one. */
import { gunzipSync } from 'node:zlib';
import { extensionOf } from '../mismatch.ts';
import type { Reading } from '../part.ts';

const TAR_MAGIC_AT = 257;

/** Throws where it is damaged. */
export async function readGzip({ part, draft, inspect }: Reading): Promise<void> {
  if (!draft.countEntry(part.place)) return;
  const bytes = draft.unpack(part.place, part.bytes, gunzipSync);
  if (bytes === undefined) return;
  const isTar = new TextDecoder('latin1').decode(bytes.subarray(TAR_MAGIC_AT, TAR_MAGIC_AT + 5)) === 'ustar';
  await inspect({ bytes, name: innerName(part.name), ...(isTar ? { level: part.level } : {}) });
}

function innerName(name: string): string {
  const extension = extensionOf(name);
  if (extension === 'tgz') return name.replace(/tgz$/i, 'tar');
  if (extension === 'svgz') return name.replace(/z$/i, '');
  return extension === 'gz' ? name.replace(/\.gz$/i, '') : name;
}
