/** Files for their owner alone. */
import { open } from 'node:fs/promises';

const OWNER_ONLY = 0o600;

/** Writes the text, whatever was there; on disk when this resolves. */
export async function writeOwn(path: string, text: string): Promise<void> {
  await using file = await open(path, 'w', OWNER_ONLY);
  await file.chmod(OWNER_ONLY); // before anything is in it
  await file.writeFile(text);
  await file.sync();
}
