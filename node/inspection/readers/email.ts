/** E-mail (RFC 5322, MIME), by postal-mime: what it says, and each file that it brings along. */
import PostalMime, { decodeWords, type Email } from 'postal-mime';
import type { Reading } from '../part.ts';
import { htmlText } from './html.ts';

/** Parts in parts of one mail. */
const MAX_NESTING = 32;

/** Header fields that people read. */
const READ = new Set(['from', 'to', 'cc', 'bcc', 'reply-to', 'subject', 'date', 'comments', 'keywords']);

/** Throws where it is nested too deep, or its header is too large. */
export async function readEmail({ part, draft, inspect }: Reading): Promise<void> {
  const mail = await PostalMime.parse(part.bytes, {
    maxNestingDepth: MAX_NESTING,
    forceRfc822Attachments: true,
    attachmentEncoding: 'arraybuffer',
  });
  draft.text(part.place, [headerOf(mail), mail.text ?? ''].join('\n'));
  if (mail.html !== undefined) draft.text(part.place, htmlText(mail.html, part.place, draft));
  if (isEncrypted(mail)) draft.encrypted();
  for (const [index, { filename, mimeType, content }] of mail.attachments.entries()) {
    if (!draft.countEntry(part.place)) return;
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content);
    if (draft.unpack(part.place, bytes, (same) => same) === undefined) return;
    await inspect({ bytes, name: filename ?? nameOf(mimeType, index), declared: mimeType });
  }
}

function headerOf({ headers }: Email): string {
  return headers
    .filter(({ key }) => READ.has(key))
    .map(({ originalKey, value }) => `${originalKey}: ${decodeWords(value)}`)
    .join('\n');
}

function isEncrypted({ headers, attachments }: Email): boolean {
  const type = headers.find(({ key }) => key === 'content-type')?.value ?? '';
  return (
    /^\s*multipart\/encrypted|smime-type\s*=\s*"?(auth-)?enveloped/i.test(type) ||
    attachments.some(({ mimeType }) => mimeType === 'application/pgp-encrypted')
  );
}

function nameOf(mimeType: string, index: number): string {
  return `part ${index + 1}${mimeType === 'message/rfc822' ? '.eml' : ''}`;
}
