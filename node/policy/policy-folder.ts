/** A policy as a file to be read, changed and applied: policy.yaml in a folder, and its schema for editors beside it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { policyJsonSchema } from './policy-file.ts';

/** Returns the file. Throws `request.invalid` where there is one: nothing that is there is overwritten. */
export async function writeNewPolicy(folder: string, text: string): Promise<string> {
  const file = join(folder, 'policy.yaml');
  // its seed tells which messages are looked at: nobody else reads it
  await writeFile(file, text, { flag: 'wx', mode: 0o600 }).catch((cause: unknown) => {
    if ((cause as { code?: unknown }).code !== 'EEXIST') throw cause;
    throw new ChanceryError('request.invalid', `${file} is there already; move it away first`, { cause });
  });
  await writeFile(join(folder, 'policy.schema.json'), policyJsonSchema());
  return file;
}
