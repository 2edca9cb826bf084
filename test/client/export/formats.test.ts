/** What the formats of an export make of messages, where that can be seen without an archive. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unzipSync } from 'fflate';
import { composeMail } from '../../../client/adapters/compose-mail.ts';
import { inConversations, type ExportedMessage } from '../../../client/export/exported-message.ts';
import { mailsOf } from '../../../client/export/mail.ts';
import { inMbox } from '../../../client/export/mbox.ts';
import { rsmfMail, rsmfParts } from '../../../client/export/rsmf.ts';
import type { MessageEvent } from '../../../client/index.ts';
import { checkRsmfManifest } from '../../support/rsmf-rules.ts';

const CONVERSATION = 'c0'.repeat(32);

function message(
  sequence: number,
  content: MessageEvent['content'],
  sender = 'alice@acme.test',
): ExportedMessage {
  const id = sequence.toString(16).padStart(64, '0');
  const domain = sender.slice(sender.indexOf('@') + 1);
  return {
    event: {
      ...{ type: 'message', position: '', sequence, time: 1_000 * sequence, id, conversation: CONVERSATION },
      ...{ parents: [], sentAt: 1_000 * sequence, own: false, content },
      sender: {
        address: sender,
        name: 'Somebody',
        roles: [],
        domain,
        level: 'own',
        since: 0,
        external: false,
      },
    },
    ...{ via: null, sought: true, attached: null, conversation: { type: 'group', title: '', members: [] } },
  };
}

const said = (sequence: number, text = 'hello', sender?: string): ExportedMessage =>
  message(sequence, { kind: 'text', text }, sender);

test('each message is to those who were in the conversation when it was written', () => {
  const [alice, bob, dan] = ['alice@acme.test', 'bob@acme.test', 'dan@partner.test'] as const;
  const messages = inConversations([
    message(1, { kind: 'create', type: 'group', title: 'Launch', members: [alice, bob] }),
    said(2),
    message(3, { kind: 'membership', revision: 1, title: 'Launched', members: [alice, dan] }),
    said(4),
    said(5, 'hello', dan),
  ]);
  const mails = mailsOf(messages).map(({ to, subject }) => [subject, to.map(({ address }) => address)]);
  assert.deepEqual(mails, [
    ['Launch', [bob]],
    ['Launch', [bob]],
    ['Launched', [dan]],
    ['Launched', [dan]],
    ['Launched', [alice]],
  ]);
});

test('a conversation of which nothing says who was in it is exported all the same', () => {
  const [only] = inConversations([said(1)]);
  assert.deepEqual(only?.conversation.members, ['alice@acme.test']);
});

test('an RSMF file has at most 10,000 events, and none is lost between two', () => {
  const messages = Array.from({ length: 20_001 }, (_, at) => said(at));
  const files = rsmfParts(messages);
  assert.deepEqual(
    files.map(({ name }) => name),
    ['001', '002', '003'].map((number) => `${CONVERSATION.slice(0, 16)}-${number}.rsmf`),
  );
  const counts = files.map((part) => {
    const { attachment } = rsmfMail('acme.test', part, new Map());
    const { 'rsmf_manifest.json': json } = unzipSync(attachment!.content);
    return checkRsmfManifest(Buffer.from(json!).toString()).events.length;
  });
  assert.deepEqual(counts, [10_000, 10_000, 1]);
});

function attached(sequence: number, size: number, name = 'plan.PDF'): ExportedMessage {
  const digest = sequence.toString(16).padStart(64, 'd');
  const file = { name, type: 'application/pdf', size, digest };
  return {
    ...message(sequence, { kind: 'attachment', text: 'see this', file }),
    attached: { path: `attachments/${digest}.bin`, withheld: null },
  };
}

test('RSMF files hold the files of their messages, split before they are too large for a mail program', () => {
  const messages = [attached(1, 16 * 1024 * 1024), attached(2, 16 * 1024 * 1024), attached(3, 5), said(4)];
  const parts = rsmfParts(messages);
  assert.deepEqual(
    parts.map((part) => part.messages.map(({ event }) => event.sequence)),
    [
      [1, 2],
      [3, 4],
    ],
  );
  const content = Buffer.from('bytes');
  const { attachment, headers } = rsmfMail(
    'acme.test',
    parts[1]!,
    new Map([[messages[2]!.attached!.path!, content]]),
  );
  assert.equal(headers['X-RSMF-AttachmentCount'], '1');
  const zip = unzipSync(attachment!.content);
  const { events } = checkRsmfManifest(Buffer.from(zip['rsmf_manifest.json']!).toString());
  const [file] = events[0]!.attachments!;
  assert.deepEqual([file?.display, file?.size], ['plan.PDF', 5]);
  assert.match(file!.id, /^d+3\.pdf$/);
  assert.ok(content.equals(zip[file!.id]!));
});

test('a file too large for a mail is named in it, by where it is and by its hash', () => {
  const [large] = [attached(1, 16 * 1024 * 1024 + 1)];
  const [mail] = mailsOf([large]);
  assert.equal(mail?.attachment, undefined);
  assert.match(mail?.text ?? '', /SHA-256 d+1\]\nsee this\n\[the file is attachments\/d+1\.bin\]$/);
  const { attachment } = rsmfMail('acme.test', rsmfParts([large])[0]!, new Map());
  assert.deepEqual(Object.keys(unzipSync(attachment!.content)), ['rsmf_manifest.json']);
});

test('a name, a title or a text of somebody else adds no header, no receiver and no mail', async () => {
  const [mail] = mailsOf([said(1, 'ends.\n\nFrom nobody Thu Jan  1 00:00:00 1970\nSubject: forged')]);
  const mime = await composeMail({
    ...mail!,
    from: { name: 'A\r\nX-Evil: 1', address: 'alice@acme.test' },
    to: [{ name: 'B>, mallory@evil.test, "', address: 'bob@acme.test' }],
    subject: 'Launch\r\nBcc: mallory@evil.test\nX-Evil: 2',
  });
  const [head = ''] = Buffer.from(mime).toString().split('\r\n\r\n');
  assert.doesNotMatch(head, /^(bcc|x-evil):/im);
  const box = Buffer.from(inMbox(mime, 0)).toString();
  assert.equal([...box.matchAll(/^From /gm)].length, 1);
  assert.ok(box.startsWith('From chancery@chancery.invalid Thu Jan  1 00:00:00 1970\n'));
});
