/** Mails written as MIME by nodemailer, which sends none here, and reads neither a file nor an address for them. */
import type { Mail } from '../export/index.ts';

/** See `ComposeMail`. */
export async function composeMail(mail: Mail): Promise<Uint8Array> {
  const { from, to, subject, date, messageId, inReplyTo, references, headers, text, encoding, attachment } =
    mail;
  // loaded by who exports alone: it takes longer than all else that a command needs to start
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const composer = new MailComposer({
    ...{
      from,
      to: [...to],
      subject: oneLine(subject),
      date: new Date(date),
      messageId,
      headers: { ...headers },
    },
    ...(inReplyTo === null ? {} : { inReplyTo }),
    ...(references.length === 0 ? {} : { references: [...references] }),
    ...{ text: textPart(text, encoding), newline: '\r\n' },
    ...(attachment === undefined ? {} : { attachments: [attachedOf(attachment)] }),
    ...{ disableFileAccess: true, disableUrlAccess: true, normalizeHeaderKey: spelling(headers) },
  });
  return new Uint8Array(await composer.compile().build());
}

/** Names of headers as they are given: RSMF has its own capitals. */
function spelling(headers: Mail['headers']): (key: string) => string {
  const given = new Map(Object.keys(headers).map((key) => [key.toLowerCase(), key]));
  return (key) => given.get(key.toLowerCase()) ?? key;
}

/** Bytes, of which nothing is guessed: a text in plain letters would go as it is, whatever its lines begin with. */
function textPart(text: string, contentTransferEncoding: Mail['encoding']): object {
  return { content: Buffer.from(text), contentType: 'text/plain; charset=utf-8', contentTransferEncoding };
}

function attachedOf({ filename, type, content }: NonNullable<Mail['attachment']>): object {
  return { filename, contentType: type, content: Buffer.from(content), contentTransferEncoding: 'base64' };
}

/** A header is one line: what would end it, or show nothing, is a space. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]+/g, ' ');
}
