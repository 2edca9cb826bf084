import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  advance,
  decodeConversation,
  domainOf,
  domainsOf,
  encodeConversation,
  follow,
  type Conversation,
} from '../../../protocol/conversation/index.ts';
import { nobleSuite } from '../../../protocol/crypto/index.ts';
import { valueOf, type Result } from '../../../protocol/errors/index.ts';
import type { Content, CreateContent, MembershipContent } from '../../../protocol/message/index.ts';
import { messageOf } from '../../support/messages.ts';

const { sha256 } = nobleSuite;
const TEXT: Content = { kind: 'text', text: 'hello' };
const MEMBERS = ['alice@acme.test', 'amy@acme.test', 'bob@partner.test'];

function create(change: Partial<CreateContent> = {}): Content {
  return { kind: 'create', type: 'group', title: 'plans', members: MEMBERS, ...change };
}

/** A new group of alice’s. */
async function begun(): Promise<Conversation> {
  return valueOf(advance(undefined, await messageOf(create()), sha256));
}

function membership(of: Conversation, change: Partial<MembershipContent> = {}): Content {
  const { origin, members } = of;
  return {
    kind: 'membership',
    origin,
    revision: of.revision + 1,
    title: 'new',
    members: [...members],
    ...change,
  };
}

function codeOf(result: Result<unknown>): string {
  return result.ok ? 'accepted' : result.refusal.code;
}

test('whoever starts a conversation owns it, by their organisation, and is in it', async () => {
  const message = await messageOf(create());
  const conversation = valueOf(advance(undefined, message, sha256));
  assert.deepEqual(conversation, {
    id: message.id,
    type: 'group',
    title: 'plans',
    owner: 'acme.test',
    members: MEMBERS,
    revision: 0,
    origin: message.payload,
  });
  const absent = await messageOf(create(), { sender: 'eve@acme.test' });
  assert.equal(codeOf(advance(undefined, absent, sha256)), 'message.not-a-member');
});

test('a direct conversation has two members, for ever', async () => {
  assert.equal(
    codeOf(advance(undefined, await messageOf(create({ type: 'direct' })), sha256)),
    'message.malformed',
  );
  const two = ['alice@acme.test', 'bob@partner.test'];
  const direct = valueOf(
    advance(undefined, await messageOf(create({ type: 'direct', members: two })), sha256),
  );
  const change = await messageOf(membership(direct, { members: MEMBERS }), { conversation: direct.id });
  assert.equal(codeOf(advance(direct, change, sha256)), 'message.malformed');
  assert.equal(codeOf(advance(undefined, change, sha256)), 'message.malformed', 'nor for who joins late');
});

test('members talk and change nothing; others, and whoever knows no such conversation, are refused', async () => {
  const group = await begun();
  const said = await messageOf(TEXT, { conversation: group.id, sender: 'bob@partner.test' });
  assert.equal(valueOf(advance(group, said, sha256)), group);
  const outside = await messageOf(TEXT, { conversation: group.id, sender: 'eve@acme.test' });
  assert.equal(codeOf(advance(group, outside, sha256)), 'message.not-a-member');
  assert.equal(codeOf(advance(undefined, said, sha256)), 'message.unknown-conversation');
});

test('only a member of the owning organisation changes the membership, one revision at a time', async () => {
  const group = await begun();
  const members = ['alice@acme.test', 'bob@partner.test'];
  const change = async (
    changed: Partial<MembershipContent>,
    sender = 'alice@acme.test',
  ): Promise<Result<Conversation>> =>
    advance(group, await messageOf(membership(group, changed), { conversation: group.id, sender }), sha256);
  const next = valueOf(await change({ members }));
  assert.deepEqual([next.members, next.title, next.revision, next.owner], [members, 'new', 1, 'acme.test']);
  assert.equal(codeOf(await change({ revision: 2 })), 'message.stale-membership');
  assert.equal(codeOf(await change({}, 'bob@partner.test')), 'message.not-owner');
  assert.equal(codeOf(await change({}, 'eve@acme.test')), 'message.not-a-member');
  assert.equal(codeOf(await change({ origin: new Uint8Array(8) })), 'message.malformed');
});

test('who joins late learns the owner from the beginning that the change brings, and nobody can claim another’s', async () => {
  const group = await begun();
  const content = membership(group, { revision: 5, members: [...MEMBERS, 'cat@third.test'] });
  const late = await messageOf(content, { conversation: group.id });
  const joined = valueOf(advance(undefined, late, sha256));
  assert.deepEqual([joined.id, joined.owner, joined.revision], [group.id, 'acme.test', 5]);
  const thief = await messageOf(content, { conversation: group.id, sender: 'bob@partner.test' });
  assert.equal(codeOf(advance(undefined, thief, sha256)), 'message.not-owner');
  const elsewhere = await messageOf(content, { conversation: new Uint8Array(32) });
  assert.equal(codeOf(advance(undefined, elsewhere, sha256)), 'message.malformed');
  const senseless = membership(group, { origin: new Uint8Array(8) });
  const unread = await messageOf(senseless, { conversation: group.id });
  assert.equal(codeOf(advance(undefined, unread, sha256)), 'encoding.malformed');
});

test('an organisation that was out for some changes comes back with a later one, but never goes back', async () => {
  const group = await begun();
  const back = membership(group, { revision: 4 });
  const message = await messageOf(back, { conversation: group.id });
  assert.equal(codeOf(advance(group, message, sha256)), 'message.stale-membership');
  assert.equal(valueOf(follow(group, message, sha256)).revision, 4);
  const thief = await messageOf(back, { conversation: group.id, sender: 'bob@partner.test' });
  assert.equal(codeOf(follow(group, thief, sha256)), 'message.not-owner');
  const ahead = { ...group, revision: 9 };
  assert.equal(codeOf(follow(ahead, message, sha256)), 'message.stale-membership');
});

test('a stored conversation reads as it was written; one that was tampered with does not', async () => {
  const group = await begun();
  const stored = encodeConversation(group);
  assert.deepEqual(valueOf(decodeConversation(stored)), group);
  assert.equal(codeOf(decodeConversation(stored.slice(1))), 'encoding.malformed');
});

test('organisations that take part are named once each', async () => {
  assert.equal(domainOf('odd@name@acme.test'), 'acme.test');
  assert.deepEqual(domainsOf(await begun()), ['acme.test', 'partner.test']);
});
