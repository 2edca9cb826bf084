/** Whoever is of another organisation is marked as such, whatever they write and wherever it is shown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import pc from 'picocolors';
import { eventLine } from '../../../client/chat/render.ts';
import { requestText } from '../../../client/chat/request-commands.ts';
import type { MessageEvent } from '../../../client/index.ts';

const paint = pc.createColors(false);
const ID = 'ab'.repeat(32);

const CAROL = {
  ...{ address: 'carol@partner.test', name: 'Alice Adams', roles: ['member'], domain: 'partner.test' },
  ...{ level: 'dns' as const, since: Date.UTC(2026, 4, 4), external: true },
};

const CONTENTS: readonly MessageEvent['content'][] = [
  { kind: 'text', text: 'hello' },
  { kind: 'edit', target: ID, text: 'hello!' },
  { kind: 'recall', target: ID },
  { kind: 'attachment', text: '', file: { name: 'a.pdf', type: 'application/pdf', size: 9, digest: ID } },
  { kind: 'create', type: 'direct', title: '', members: [CAROL.address] },
  { kind: 'membership', revision: 1, title: '', members: [CAROL.address] },
];

function message(content: MessageEvent['content'], more: Partial<MessageEvent> = {}): MessageEvent {
  return {
    ...{ type: 'message', position: '', sequence: 1, time: 0, id: ID, conversation: ID, parents: [] },
    ...{ sentAt: 0, sender: CAROL, own: false, content },
    ...more,
  };
}

test('every message of an external sender carries the mark and the level by which they are known', () => {
  const ruled = { warnings: [], redacted: false };
  for (const content of CONTENTS)
    for (const more of [{}, { ruled }, { ruled: { ...ruled, reported: 'reported' as const } }])
      assert.match(
        eventLine(message(content, more), paint),
        /Alice Adams <carol@partner\.test> \(external, plain DNS only since 2026-05-0\d\)/,
        content.kind,
      );
});

test('a colleague carries none, and a warning stands under what it is about', () => {
  const sender = { ...CAROL, external: false, level: 'own' as const };
  assert.doesNotMatch(eventLine(message({ kind: 'text', text: 'hello' }, { sender }), paint), /external/);
  const ruled = { warnings: ['This name imitates a colleague.'], redacted: false };
  assert.match(
    eventLine(message({ kind: 'text', text: 'hello' }, { ruled }), paint),
    /\n {4}⚠ This name imitates a colleague\.$/,
  );
});

test('who waits to be accepted is shown with the mark, and with whom they imitate', () => {
  const asked = { person: CAROL, messages: 2, since: 0, imitates: 'alice@acme.test', mayAccept: true };
  const text = requestText(asked, 'bob@acme.test', paint);
  assert.match(
    text,
    /^Alice Adams <carol@partner\.test> \(external, plain DNS only since .*\) 2 messages since /,
  );
  assert.match(text, /\n {4}‼ looks like alice@acme\.test, and is somebody else$/);
});
