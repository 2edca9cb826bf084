/**
 * The files that came with the messages of an export, each once, under a name that is the hash of its bytes: no name of a
 * sender's names anything on the machine that it is taken to, and no end of a name makes anything run it. What the sender
 * called it is in the message.
 */
import { toString } from 'uint8arrays/to-string';
import type { FileInfo } from '../message/index.ts';
import type { Finding } from './finding.ts';
import { RECORDS, type ExportManifest } from './manifest.ts';

const FOLDER = 'attachments';

/** The name of a file in an export, by the SHA-256 of its bytes. */
export function attachmentName(digest: Uint8Array): string {
  return `${FOLDER}/${toString(digest, 'hex')}.bin`;
}

/**
 * That each file which a message names is listed as the message names it, unless it is withheld; that it is on record that
 * it was handed out; and that no other lies there. What the files are like themselves is checked by their hashes.
 * @param named by the messages, by entry; `handedOut`: entries whose files were, as the log says
 */
export function checkAttachments(
  { files, withheld }: Pick<ExportManifest, 'files' | 'withheld'>,
  named: ReadonlyMap<number, FileInfo>,
  handedOut: ReadonlySet<number>,
): Finding[] {
  const findings: Finding[] = [];
  const listed = new Map(
    files.filter(({ name }) => name.startsWith(`${FOLDER}/`)).map((one) => [one.name, one]),
  );
  const excused = new Set(withheld.filter(({ part }) => part === 'file').map(({ sequence }) => sequence));
  const known = new Set<string>();
  for (const [entry, info] of named) {
    const file = attachmentName(info.digest);
    const there = listed.get(file);
    known.add(file);
    const told = (problem: string, about = file): number => findings.push({ file: about, entry, problem });
    const what = `the file ${JSON.stringify(info.name)} of entry ${entry}`;
    if (there === undefined) {
      if (!excused.has(entry)) told(`${what} is missing`);
    } else if (there.bytes !== info.size || there.sha256 !== toString(info.digest, 'hex'))
      told(`it is not ${what}, as its sender signed it`);
    if (!excused.has(entry) && !handedOut.has(entry))
      told(`no record says that ${what} was handed out`, RECORDS);
  }
  for (const entry of handedOut)
    if (!named.has(entry))
      findings.push({
        file: RECORDS,
        entry,
        problem: `the file of entry ${entry} was handed out for this, and its message is left out`,
      });
  for (const file of listed.keys())
    if (!known.has(file)) findings.push({ file, entry: null, problem: 'no message of the export names it' });
  return findings;
}
