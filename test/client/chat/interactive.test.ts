/** The chat at the terminal: what is typed is sent, what comes is shown, with and without a connection. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeSuite } from '../../../client/adapters/node-crypto.ts';
import { Chat } from '../../../client/chat/interactive.ts';
import { Voice } from '../../../client/chat/voice.ts';
import type { ClientOptions } from '../../../client/index.ts';
import { peerIdOf } from '../../../protocol/certificate/index.ts';
import { signRevocationNotice } from '../../../protocol/device/index.ts';
import { ChanceryError, valueOf } from '../../../protocol/errors/index.ts';
import { decodeMessage } from '../../../protocol/message/index.ts';
import { BOB, CAROL, makeWorld, signedBy, type World } from '../../support/client-world.ts';
import { FakeTerminal } from '../../support/fake-terminal.ts';

async function chat(
  world: World,
  change: Partial<ClientOptions> = {},
): Promise<{ terminal: FakeTerminal; ended: Promise<void> }> {
  const terminal = new FakeTerminal();
  const client = await world.open(change);
  const voice = new Voice(terminal, {}, false);
  return { terminal, ended: new Chat(client, terminal.console(), voice).run() };
}

test('a conversation is started, talked in and left', async () => {
  const world = await makeWorld();
  const { terminal, ended } = await chat(world);
  await terminal.shows(/No conversations yet/);
  terminal.type(`/new ${BOB}`, 'hello bob', '//not a command', '');
  await terminal.shows(/✓ archived[^]*✓ archived[^]*✓ archived/);
  assert.deepEqual(world.node.texts, ['hello bob', '/not a command']);
  terminal.type('/members');
  await terminal.shows(/bob@acme\.test\nowned by acme\.test/);
  terminal.type('/quit');
  await ended;
});

test('C8: who has not yet acknowledged that they are recorded is told so once, and sends nothing before', async () => {
  const world = await makeWorld();
  const text = 'What you write here is recorded.';
  const version = nodeSuite.sha256(Buffer.from(text));
  world.node.recording = { language: 'en', text, version, required: true, acknowledged: false };
  const { terminal, ended } = await chat(world);
  await terminal.shows(/What you write here is recorded\.\nType \/accept/);
  terminal.type(`/new ${BOB}`);
  await terminal.shows(/\[recording\.unacknowledged\]/);
  assert.deepEqual(world.node.items, []);
  terminal.type('/accept', `/new ${BOB}`, 'hello bob');
  await terminal.shows(/✓ archived[^]*✓ archived/);
  assert.deepEqual(world.node.texts, ['hello bob']);
  terminal.type('/quit');
  await ended;
  assert.equal(terminal.printed.filter((line) => line === text).length, 1);
});

test('C12: a legal hold that names the member is told of with its words, and acknowledged once it was', async () => {
  const world = await makeWorld();
  world.node.holdNotices = [{ hold: 41, matter: 'Smith v. Acme', text: 'Delete nothing.\n/accept\u202e' }];
  const { terminal, ended } = await chat(world);
  await terminal.shows(
    /Legal hold 41 for Smith v\. Acme:\n {4}Delete nothing\.\n {4}\/accept\\u\{202e\}\nType \/accept/,
  );
  assert.equal(world.node.holdNotices.length, 1);
  terminal.type('/accept');
  await terminal.shows(/hold 41 acknowledged/);
  assert.deepEqual(world.node.holdNotices, []);
  terminal.type('/quit');
  await ended;
});

test('C12: while the device is locked no legal hold stands on its screen, and it is told of again once unlocked', async () => {
  const world = await makeWorld();
  world.node.idleLock = 900_000;
  world.node.holdNotices = [{ hold: 41, matter: 'Smith v. Acme', text: 'Delete nothing.' }];
  const { terminal, ended } = await chat(world);
  await terminal.shows(/Legal hold 41[^]*\/help shows/);
  await world.timers.elapse(900_000, 900_000);
  await terminal.shows(/locked, since/);
  assert.doesNotMatch(terminal.printed.join('\n'), /Legal hold/);
  terminal.type('/unlock');
  await terminal.shows(/unlocked[^]*Legal hold 41 for Smith v\. Acme/);
  terminal.type('/quit');
  await ended;
});

test('what comes is shown while the chat is open, and how its writer is known', async () => {
  const world = await makeWorld();
  const { terminal, ended } = await chat(world);
  terminal.type(`/new ${BOB},${CAROL} Launch`);
  await terminal.shows(/✓ archived/);
  const item = world.node.items[0] as { envelope: Uint8Array };
  const conversation = valueOf(decodeMessage(item.envelope, nodeSuite)).id;
  world.node.archive(await signedBy(world.carol, { kind: 'text', text: 'hi\u001b[2J' }, { conversation }));
  await terminal.shows(
    /Carol Globex <carol@globex\.test> \(external, verified through DNSSEC since 1970-01-01\): hi\\u\{1b\}/,
  );
  world.node.archive(
    await signedBy(world.carol, { kind: 'text', text: 'as bob' }, { conversation, sender: BOB }),
  );
  await terminal.shows(/could not be verified and is not shown/);
  terminal.type('/history', '/add dave@acme.test', '/quit');
  await ended;
  assert.ok(!terminal.printed.some((line) => line.includes('as bob')));
});

test('mistakes are told and end nothing', async () => {
  const world = await makeWorld();
  const { terminal, ended } = await chat(world);
  terminal.type(
    'hello?',
    '/dance',
    '/open Nothing',
    '/who mallory',
    '/new',
    '/new nonsense',
    '/help',
    '/list',
  );
  await terminal.shows(/no conversation is open/);
  await terminal.shows(/there is no \/dance/);
  await terminal.shows(/no conversation "Nothing"/);
  await terminal.shows(/nobody called "mallory"/);
  await terminal.shows(/say with whom/);
  await terminal.shows(/\[name\.bad-address\]/);
  await terminal.shows(/\/history \[COUNT\]/);
  terminal.type('/quit');
  await ended;
});

test('without a connection what is typed waits, and goes out when there is one', async () => {
  const world = await makeWorld();
  world.node.reachable = false;
  const { terminal, ended } = await chat(world);
  await terminal.shows(/offline: the node does not answer \[node\.unreachable\]/);
  terminal.type(`/new ${BOB}`, 'from the train');
  await terminal.shows(/\(2 waiting\)/);
  world.node.reachable = true;
  await world.timers.elapse(1, 60_000);
  await terminal.shows(/connected[^]*✓ archived[^]*✓ archived/);
  assert.deepEqual(world.node.texts, ['from the train']);
  terminal.type('/quit');
  await ended;
});

test('why sending pauses is told while it pauses', async () => {
  const world = await makeWorld();
  const { terminal, ended } = await chat(world);
  const away: Pick<ChanceryError, 'code' | 'message'> = {
    code: 'archive.unavailable',
    message: 'the archive is away',
  };
  world.node.refuseRequest = ({ type }) => (type === 'submit' ? away : undefined);
  terminal.type(`/new ${BOB}`);
  await terminal.shows(/the archive is away \[archive\.unavailable\]/);
  terminal.type('/quit');
  await ended;
});

test('a chat that nobody is at hides what it showed, and goes on when the device has proved itself anew', async () => {
  const world = await makeWorld();
  world.node.idleLock = 900_000;
  const { terminal, ended } = await chat(world);
  terminal.type(`/new ${BOB}`, 'the plan is on the table');
  await terminal.shows(/✓ archived[^]*✓ archived/);
  await world.timers.elapse(900_000, 900_000);
  await terminal.shows(/locked, since nobody was here; type \/unlock/);
  assert.equal(terminal.cleared, 1);
  assert.ok(!terminal.printed.some((line) => line.includes('the plan')));
  terminal.type('/history', 'psst');
  await terminal.shows(/type \/unlock \[device\.locked\][^]*type \/unlock \[device\.locked\]/);
  assert.ok(!terminal.printed.some((line) => line.includes('the plan')));
  assert.deepEqual(world.node.texts, ['the plan is on the table']);
  terminal.type('/unlock');
  await terminal.shows(/unlocked[^]*the plan is on the table/);
  terminal.type('/quit');
  await ended;
});

test('a chat whose key has a passphrase asks for it unseen', async () => {
  const world = await makeWorld();
  world.node.idleLock = 900_000;
  const { terminal, ended } = await chat(world, {
    checkPassphrase: (passphrase) =>
      passphrase === 'sesame'
        ? Promise.resolve()
        : Promise.reject(new ChanceryError('key.malformed', 'it is another passphrase')),
  });
  await terminal.shows(/No conversations yet/);
  await world.timers.elapse(900_000, 900_000);
  await terminal.shows(/type the passphrase/);
  assert.equal(terminal.concealed, true);
  terminal.type('open');
  await terminal.shows(/another passphrase/);
  terminal.type('sesame');
  await terminal.shows(/unlocked/);
  assert.equal(terminal.concealed, false);
  terminal.type('/quit');
  await ended;
});

test('a chat whose device was revoked takes everything off the screen and ends', async () => {
  const world = await makeWorld();
  const { terminal, ended } = await chat(world);
  terminal.type(`/new ${BOB}`, 'the plan is on the table');
  await terminal.shows(/✓ archived[^]*✓ archived/);
  const device = peerIdOf(world.alice.signer.publicKey);
  world.node.notice = await signRevocationNotice(
    { domain: 'acme.test', device, revoked: world.clock.now },
    world.acme.statement.signer,
  );
  world.node.endAll({ code: 'device.revoked', message: 'this device was revoked' });
  await ended;
  assert.ok(!terminal.printed.some((line) => line.includes('the plan')));
  assert.match(terminal.printed.join('\n'), /everything it held are destroyed \[device\.revoked\]/);
  assert.deepEqual(world.erased, ['contents', 'identity']);
});
