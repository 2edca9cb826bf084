/** Every file of an export that is there to be read or loaded elsewhere, by its name. */
import type { ExportManifest } from '../../protocol/export/index.ts';
import { writeCsv } from './csv.ts';
import { writeHeld } from './held.ts';
import { writeEdrm, type NativeFile } from './edrm.ts';
import { fileOf, type ExportedMessage } from './exported-message.ts';
import type { Gathered } from './gather.ts';
import { writeJsonLines } from './json-lines.ts';
import { MAX_MAILED_BYTES, isMailed, mailsOf, withFile, type ComposeMail, type Mail } from './mail.ts';
import { inMbox } from './mbox.ts';
import { rsmfMail, rsmfParts } from './rsmf.ts';
import { writeTrail } from './trail.ts';
import { writeTranscript } from './transcript.ts';
import type { WrittenFiles } from './written-files.ts';

const MAIL_FOLDER = 'eml';
const RSMF_FOLDER = 'rsmf';

/** Digits of an entry's number in the name of a file, so that names sort like numbers. */
const DIGITS = 12;

/** Mails written at a time: what waits for the disk lets others be made. And bytes of the files in them, beside one more. */
const AT_ONCE = 32;
const BYTES_AT_ONCE = MAX_MAILED_BYTES;

export async function writeFormats(
  facts: Omit<ExportManifest, 'files'>,
  { messages, trail, held }: Pick<Gathered, 'messages' | 'trail' | 'held'>,
  composeMail: ComposeMail,
  files: WrittenFiles,
): Promise<void> {
  await files.write('messages.jsonl', writeJsonLines(messages));
  await files.write('messages.csv', writeCsv(messages));
  await files.write('transcript.html', writeTranscript(facts, messages));
  await files.write('trail.jsonl', writeTrail(trail));
  if (facts.about !== undefined) await files.write('about.jsonl', writeHeld(held));
  const natives: NativeFile[] = [];
  await files.writeParts('messages.mbox', writeMails(messages, composeMail, files, natives));
  await files.write('edrm.xml', writeEdrm(facts.domain, messages, natives));
  for (const part of rsmfParts(messages)) {
    const contents = await contentsOf(part.messages, files);
    await files.write(
      `${RSMF_FOLDER}/${part.name}`,
      await composeMail(rsmfMail(facts.domain, part, contents)),
    );
  }
}

/** Writes each mail by itself, and comes out with them as they are to be in a mailbox. */
async function* writeMails(
  messages: readonly ExportedMessage[],
  composeMail: ComposeMail,
  files: WrittenFiles,
  natives: NativeFile[],
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const batch of batchesOf(mailsOf(messages).map((mail, at) => [mail, messages[at]] as const))) {
    const writing = batch.map(async ([mail, message]) => {
      const { sequence = 0, time = 0 } = message?.event ?? {};
      const mime = await composeMail(await attachTo(mail, message, files));
      const name = `${String(sequence).padStart(DIGITS, '0')}.eml`;
      const { bytes, sha256: hash } = await files.write(`${MAIL_FOLDER}/${name}`, mime);
      return { native: { folder: MAIL_FOLDER, name, bytes, hash }, mime, time };
    });
    for (const { native, mime, time } of await Promise.all(writing)) {
      natives.push(native);
      yield inMbox(mime, time);
    }
  }
}

type Mailed = readonly [Mail, ExportedMessage | undefined];

/** As many mails at a time as their files allow. */
function* batchesOf(mails: readonly Mailed[]): Generator<Mailed[], void, undefined> {
  let batch: Mailed[] = [];
  let bytes = 0;
  for (const mail of mails) {
    batch.push(mail);
    const file = mail[1] && fileOf(mail[1]);
    if (file && isMailed(file)) bytes += file.size;
    if (batch.length < AT_ONCE && bytes < BYTES_AT_ONCE) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

async function attachTo(
  mail: Mail,
  message: ExportedMessage | undefined,
  files: WrittenFiles,
): Promise<Mail> {
  const file = message && fileOf(message);
  return file?.path && isMailed(file) ? withFile(mail, file, await files.read(file.path)) : mail;
}

/** The files that an RSMF file holds, by where they are in the export. */
async function contentsOf(
  messages: readonly ExportedMessage[],
  files: WrittenFiles,
): Promise<Map<string, Uint8Array>> {
  const contents = new Map<string, Uint8Array>();
  for (const message of messages) {
    const file = fileOf(message);
    if (file?.path && isMailed(file) && !contents.has(file.path))
      contents.set(file.path, await files.read(file.path));
  }
  return contents;
}
