/** Every file of an export that is there to be read or loaded elsewhere, by its name. */
import { concat } from 'uint8arrays/concat';
import type { ExportedFile, ExportManifest } from '../../protocol/export/index.ts';
import { writeCsv } from './csv.ts';
import { writeEdrm, type NativeFile } from './edrm.ts';
import type { Gathered } from './gather.ts';
import { writeJsonLines } from './json-lines.ts';
import { mailsOf, type ComposeMail } from './mail.ts';
import { inMbox } from './mbox.ts';
import { rsmfFiles } from './rsmf.ts';
import { writeTrail } from './trail.ts';
import { writeTranscript } from './transcript.ts';

const MAIL_FOLDER = 'eml';
const RSMF_FOLDER = 'rsmf';

/** Digits of an entry's number in the name of a file, so that names sort like numbers. */
const DIGITS = 12;

/** Mails written at a time: what waits for the disk lets others be made. */
const AT_ONCE = 32;

export type WriteFile = (name: string, content: string | Uint8Array) => Promise<ExportedFile>;

export async function writeFormats(
  facts: Omit<ExportManifest, 'files'>,
  { messages, trail }: Pick<Gathered, 'messages' | 'trail'>,
  composeMail: ComposeMail,
  write: WriteFile,
): Promise<void> {
  await write('messages.jsonl', writeJsonLines(messages));
  await write('messages.csv', writeCsv(messages));
  await write('transcript.html', writeTranscript(facts, messages));
  await write('trail.jsonl', writeTrail(trail));
  const natives: NativeFile[] = [];
  const mailbox: Uint8Array[] = [];
  const mails = mailsOf(messages);
  for (let from = 0; from < mails.length; from += AT_ONCE) {
    const composed = await Promise.all(mails.slice(from, from + AT_ONCE).map(composeMail));
    const writing = composed.map(async (mime, at) => {
      const { sequence = 0, time = 0 } = messages[from + at]?.event ?? {};
      mailbox.push(inMbox(mime, time));
      const name = `${String(sequence).padStart(DIGITS, '0')}.eml`;
      const { bytes, sha256: hash } = await write(`${MAIL_FOLDER}/${name}`, mime);
      return { folder: MAIL_FOLDER, name, bytes, hash };
    });
    natives.push(...(await Promise.all(writing)));
  }
  await write('messages.mbox', concat(mailbox));
  await write('edrm.xml', writeEdrm(facts.domain, messages, natives));
  for (const { name, mail } of rsmfFiles(facts.domain, messages))
    await write(`${RSMF_FOLDER}/${name}`, await composeMail(mail));
}
