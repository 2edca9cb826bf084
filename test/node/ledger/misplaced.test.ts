/** A row of a view that leads to the wrong entry is not believed: what is there says whose it is. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Ledger } from '../../../node/ledger/index.ts';
import { Messages } from '../../../node/ledger/index.ts';
import { fact, headed, put, PRESENT } from '../../../node/ledger/fact.ts';
import { encodeSequence } from '../../../node/ledger/view-key.ts';
import { encodeConversation, type Conversation } from '../../../protocol/conversation/index.ts';
import { openLedger } from '../../support/ledger.ts';

const id = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

function talk(conversation: number, members: readonly string[], revision = 0): Conversation {
  const title = '';
  const [owner = ''] = members;
  return { id: id(conversation), type: 'group', title, owner, members, revision, origin: id(9) };
}

/** Appends a message that leaves the conversation as it is given; returns where it is. */
async function say(ledger: Ledger, message: number, after: Conversation): Promise<number> {
  const record = { envelope: id(message), via: null };
  const header = {
    id: id(message),
    conversation: after.id,
    sender: after.owner,
    device: id(8),
    kind: 'text',
    origin: 0,
    from: null,
    position: null,
    conversationAfter: encodeConversation(after),
  };
  return (await ledger.append([headed('message', record, header)])).first;
}

async function setUp(t: TestContext): Promise<{ ledger: Ledger; messages: Messages }> {
  const ledger = await openLedger(t);
  return { ledger, messages: new Messages(ledger) };
}

test('a message id that leads to another message is damage, not an answer', async (t) => {
  const { ledger, messages } = await setUp(t);
  const first = await say(ledger, 1, talk(5, ['alice@acme.test']));
  await say(ledger, 2, talk(5, ['alice@acme.test']));
  assert.equal(messages.position(id(1)), first);
  const row = put(ledger.keys.message(id(2)), encodeSequence(first));
  await ledger.log.append([{ kind: 'administration', content: PRESENT, ops: [row] }]);
  assert.throws(() => messages.position(id(2)), {
    code: 'archive.damaged',
    facts: { sequence: first, views: true },
  });
});

test('an entry that is no message is not taken for one', async (t) => {
  const { ledger, messages } = await setUp(t);
  const { first } = await ledger.append([
    fact('administration', { actor: 'operator', action: 'test', detail: '' }),
  ]);
  assert.throws(() => messages.rowOf(first, () => true), { code: 'archive.damaged' });
  assert.throws(() => messages.rowOf(99, () => true), { code: 'archive.damaged' });
});

test('who left a conversation may see what came while they were in it, and nothing later', async (t) => {
  const { ledger, messages } = await setUp(t);
  const both = ['alice@acme.test', 'bob@acme.test'];
  const first = await say(ledger, 1, talk(5, both));
  const removal = await say(ledger, 2, talk(5, ['alice@acme.test'], 1));
  const later = await say(ledger, 3, talk(5, ['alice@acme.test'], 1));
  const seen = (address: string): boolean[] =>
    [first, removal, later].map((sequence) => messages.wasIn(address, id(5), sequence));
  assert.deepEqual(seen('alice@acme.test'), [true, true, true]);
  assert.deepEqual(seen('bob@acme.test'), [true, true, false]);
  assert.deepEqual(seen('eve@acme.test'), [false, false, false]);
});

test('the value of a view that was changed, or put in the place of another, is damage', async (t) => {
  const { ledger } = await setUp(t);
  await say(ledger, 1, talk(5, ['alice@acme.test']));
  await say(ledger, 2, talk(6, ['bob@acme.test']));
  const stored = ledger.log.get(ledger.keys.conversation(id(5)))!;
  const changed = Uint8Array.from(stored);
  changed[20]! ^= 1;
  for (const row of [
    put(ledger.keys.conversation(id(5)), changed),
    put(ledger.keys.conversation(id(6)), stored),
  ]) {
    await ledger.log.append([{ kind: 'administration', content: PRESENT, ops: [row] }]);
    assert.throws(() => ledger.get(row.key), { code: 'archive.damaged' });
  }
});
