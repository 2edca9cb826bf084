/** Files made for others to read, such as a list of revoked certificates: replaced whole, so that nobody reads half. */
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from './private-file.ts';

/** Puts the content in the place of the file's, if there is one; on disk when this resolves. */
export async function replacePublicFile(file: string, content: string | Uint8Array): Promise<void> {
  const draft = `${file}.${process.pid}.new`;
  await using handle = await open(draft, 'w');
  await handle.writeFile(content);
  await handle.sync();
  await rename(draft, file);
  await syncDirectory(dirname(file));
}
