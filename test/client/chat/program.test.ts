/** The terminal client as people and scripts use it: its commands, what they print, and how they end. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { nodeSuite } from '../../../client/adapters/node-crypto.ts';
import { valueOf } from '../../../protocol/errors/index.ts';
import { decodeMessage } from '../../../protocol/message/index.ts';
import { fromCarol, objects, run, start } from '../../support/chat-run.ts';
import { BOB, CAROL, makeWorld, signedBy } from '../../support/client-world.ts';
import { FakeTerminal } from '../../support/fake-terminal.ts';

test('sending is done when the organisation has archived the message', async () => {
  const world = await makeWorld();
  const { code, out } = await run(world, 'send', BOB, 'lunch', 'at', 'noon?', '--json');
  assert.equal(code, 0);
  assert.deepEqual(world.node.texts, ['lunch at noon?']);
  const [sent] = objects(out) as [{ outcome: { state: string; sequence: number } }];
  assert.deepEqual([sent.outcome.state, sent.outcome.sequence], ['archived', 2]);
});

test('a second message to the same person goes into the same conversation', async () => {
  const world = await makeWorld();
  await run(world, 'send', BOB, 'one');
  await run(world, 'send', 'BOB@acme.test', 'two');
  const { out } = await run(world, 'conversations', '--json');
  assert.equal(objects(out).length, 1);
  assert.deepEqual(world.node.texts, ['one', 'two']);
});

test('text can come from standard input', async () => {
  const world = await makeWorld();
  const terminal = new FakeTerminal();
  terminal.stdin = 'from a pipe\nsecond line\n';
  assert.equal(await start(world, terminal, ['send', BOB, '-']), 0);
  assert.deepEqual(world.node.texts, ['from a pipe\nsecond line']);
});

test('a refused message ends with its code on one line, or as an object', async () => {
  const world = await makeWorld();
  world.node.refuse = (text) =>
    text === 'secret' ? { code: 'policy.blocked', text: 'not to be said' } : undefined;
  const { code, err } = await run(world, 'send', BOB, 'secret');
  assert.deepEqual([code, err], [1, 'chancery-chat: not to be said [policy.blocked]\n']);
  const json = await run(world, 'send', BOB, 'secret', '--json');
  assert.deepEqual(objects(json.err), [{ error: { code: 'policy.blocked', message: 'not to be said' } }]);
});

test('a revoked device says so instead of waiting for ever', async () => {
  const world = await makeWorld();
  world.node.refuseRequest = ({ type }) =>
    type === 'submit' ? { code: 'device.revoked', message: 'this device was revoked' } : undefined;
  const { code, err } = await run(world, 'send', BOB, 'hello');
  assert.equal(code, 1);
  assert.match(err, /waits in the outbox.*\[device\.revoked\]\n$/);
});

test('waiting for delivery ends with what each partner said', async () => {
  const world = await makeWorld();
  await fromCarol(world, 'hello');
  world.node.afterSubmit = ({ envelopes }) => {
    for (const envelope of envelopes) {
      const { id, content } = valueOf(decodeMessage(envelope, nodeSuite));
      const refused = content.kind === 'text' && content.text === 'secret';
      world.node.deliver(
        id,
        'globex.test',
        refused
          ? { state: 'refused', code: 'policy.blocked', text: 'not here' }
          : { state: 'archived', position: 9 },
      );
    }
  };
  const sent = await run(world, 'send', CAROL, 'hello', '--wait-delivered');
  assert.deepEqual([sent.code, sent.out], [0, '✓ archived  ✓✓ delivered to globex.test\n']);
  const refused = await run(world, 'send', CAROL, 'secret', '--wait-delivered');
  assert.equal(refused.code, 1);
  assert.match(refused.err, /globex\.test refused it: not here \[policy\.blocked\]/);
});

test('nothing in a message or name reaches the terminal as a command', async () => {
  const world = await makeWorld();
  const evil = 'hi\u001b[2J\u009b31m\u202egnp.exe\u2066\u0007\rbob: fake\nnext\u200bline\u{e0041}';
  const conversation = await fromCarol(world, evil);
  const outputs = [
    await run(world, 'read'),
    await run(world, 'history', CAROL),
    await run(world, 'history', Buffer.from(conversation).toString('hex').slice(0, 8), '--json'),
  ];
  for (const { code, out } of outputs) {
    assert.equal(code, 0);
    assert.doesNotMatch(out.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    assert.match(out, /31m/);
  }
  assert.match(outputs[0]!.out, /\\u\{1b\}\[2J/);
  assert.doesNotMatch(outputs[0]!.out, /^(bob|next)/m);
  const texts = objects(outputs[2]!.out).map(({ content }) => (content as { text?: string }).text);
  assert.ok(texts.includes(evil), 'JSON carries the text unchanged');
});

test('people of other organisations are marked, and how they were verified is said', async () => {
  const world = await makeWorld();
  await fromCarol(world, 'hello');
  world.node.people = [...world.node.signers.values()].map(({ person }) => person);
  const history = await run(world, 'history', CAROL);
  assert.match(
    history.out,
    /Carol Globex <carol@globex\.test> \(external, verified through DNSSEC since 1970-01-01\): hello/,
  );
  const contacts = await run(world, 'contacts');
  assert.match(contacts.out, /carol@globex\.test> \(external/);
  assert.doesNotMatch(contacts.out, /bob@acme\.test> \(external/);
  const who = await run(world, 'who', CAROL);
  assert.match(who.out, /globex\.test[^]*verified through DNSSEC, since 1970-01-01/);
  const nobody = await run(world, 'who', 'mallory@globex.test');
  assert.deepEqual([nobody.code, /\[member\.unknown\]/.test(nobody.err)], [1, true]);
});

test('reading shows each message once, and follows until it is interrupted', async () => {
  const world = await makeWorld();
  const conversation = await fromCarol(world, 'first');
  assert.match((await run(world, 'read')).out, /first/);
  assert.equal((await run(world, 'read')).out, '');
  const terminal = new FakeTerminal();
  const following = start(world, terminal, ['read', '--follow']);
  world.node.archive(await signedBy(world.carol, { kind: 'text', text: 'second' }, { conversation }));
  await terminal.shows(/second/);
  terminal.interrupt();
  assert.equal(await following, 0);
  assert.equal((await run(world, 'read')).out, '');
});

test('conversations are named by title, person or beginning of an id, and only by one that is unique', async () => {
  const world = await makeWorld();
  const { out } = await run(world, 'new', '--to', `${BOB},${CAROL}`, '--title', 'Launch', '--json');
  const [{ id }] = objects(out) as [{ id: string }];
  await run(world, 'new', '--to', BOB, '--title', 'Lunch');
  for (const name of ['Launch', 'launch', id.slice(0, 12), id]) {
    assert.equal((await run(world, 'send', name, 'hello')).code, 0, name);
  }
  const unknown = await run(world, 'send', 'Nothing', 'hello');
  assert.deepEqual([unknown.code, /\[message\.unknown-conversation\]/.test(unknown.err)], [1, true]);
  await run(world, 'new', '--to', CAROL, '--title', 'Launch');
  const twice = await run(world, 'send', 'Launch', 'hello');
  assert.deepEqual([twice.code, /names 2 conversations/.test(twice.err)], [2, true]);
});

test('every command explains itself with examples that can be copied', async () => {
  const world = await makeWorld();
  for (const command of ['enrol', 'contacts', 'who', 'conversations', 'history', 'new', 'send', 'read']) {
    const { code, out } = await run(world, command, '--help');
    assert.equal(code, 0);
    assert.match(out, new RegExp(`Examples:[^]*\\$ .*chancery-chat ${command}`), command);
    assert.match(out, /--json/);
    assert.match(out, /--home/);
  }
  assert.equal((await run(world, '--version')).out, '1.2.3\n');
});

test('wrong usage ends with 2 and one line', async () => {
  const world = await makeWorld();
  const wrong = [
    ['bogus'],
    ['send', BOB],
    ['history', 'x', '--limit', 'many'],
    ['new'],
    ['--json'],
    ['read', '--wrong'],
  ];
  for (const args of wrong) {
    const { code, err } = await run(world, ...args);
    assert.equal(code, 2, args.join(' '));
    assert.equal(err.trim().split('\n').length, 1, err);
    assert.match(err, /request\.invalid/);
  }
});

test('without a connection a command fails at once with the reason', async () => {
  const world = await makeWorld();
  world.node.reachable = false;
  const { code, err } = await run(world, 'send', BOB, 'hello');
  assert.deepEqual([code, err], [1, 'chancery-chat: the node does not answer [node.unreachable]\n']);
  assert.ok(![...world.store.values.keys()].some((key) => key.startsWith('outbox!')));
});

test('a connection that is lost while sending is said to be, and the message goes out with the next command', async () => {
  const world = await makeWorld();
  world.node.beforeSubmit = () => {
    world.node.reachable = false;
    world.node.breakOff();
    return Promise.reject(new Error('gone'));
  };
  const { code, err } = await run(world, 'send', BOB, 'hello');
  assert.equal(code, 1);
  assert.match(err, /waits in the outbox.*\[node\.unreachable\]\n$/);
  world.node.reachable = true;
  world.node.beforeSubmit = () => undefined;
  assert.equal((await run(world, 'send', BOB, 'again')).code, 0);
  assert.deepEqual(world.node.texts, ['hello', 'again']);
});

test('colours are for terminals only, and not when they are not wanted', async () => {
  const world = await makeWorld();
  await fromCarol(world, 'hello');
  const show = async (
    isTerminal: boolean,
    env: Record<string, string>,
    ...more: string[]
  ): Promise<string> => {
    const terminal = new FakeTerminal();
    terminal.isTerminal = isTerminal;
    await start(world, terminal, ['history', CAROL, ...more], env);
    return terminal.out;
  };
  assert.match(await show(true, {}), /\u001b\[/);
  assert.doesNotMatch(await show(false, {}), /\u001b/);
  assert.doesNotMatch(await show(true, { NO_COLOR: '1' }), /\u001b/);
  assert.doesNotMatch(await show(true, {}, '--json'), /\u001b/);
});

test('an old Node.js is told which one is needed', () => {
  const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.0' } })`;
  const program = fileURLToPath(new URL('../../../client/bin/chancery-chat.ts', import.meta.url));
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(old)}`, program, '--help'],
    { encoding: 'utf8' },
  );
  assert.equal(status, 1);
  assert.match(stderr, /^chancery-chat: this is Node\.js 18\.20\.0, chancery-chat needs 24 or later;.*\n$/);
});

const PHONE = {
  serial: '0a0b0c0d',
  label: 'phone',
  enrolled: 1,
  expires: 2_000_000_000_000,
  state: 'active',
  current: false,
  seen: null,
  wiped: null,
} as const;

test('a member sees own devices, and revokes one that is lost by its id or its label', async () => {
  const world = await makeWorld();
  world.node.devices = [
    { ...PHONE, serial: 'ffff0000', label: 'laptop', current: true, seen: Date.UTC(2026, 0, 2) },
    PHONE,
    { ...PHONE, serial: '0a0bffff', label: 'old phone', state: 'revoked' },
  ];
  const { out } = await run(world, 'devices');
  assert.match(out, /^ffff0000 {2}laptop \(this device\) {2}active .*last seen 2026-01-02 00:00 UTC$/m);
  assert.match(out, /^0a0bffff {2}old phone {2}revoked, wipe not confirmed/m);
  const listed = objects((await run(world, 'devices', '--json')).out);
  assert.deepEqual(
    listed.map(({ serial, seen }) => [serial, seen]),
    [
      ['ffff0000', '2026-01-02T00:00:00.000Z'],
      ['0a0b0c0d', null],
      ['0a0bffff', null],
    ],
  );
  assert.deepEqual((await run(world, 'devices', 'revoke', '0a0b')).code, 2);
  assert.match((await run(world, 'devices', 'revoke', 'tablet')).err, /\[device\.unknown\]/);
  const revoked = await run(world, 'devices', 'revoke', 'phone', '--reason', 'left in a taxi', '--json');
  assert.equal(revoked.code, 0);
  assert.deepEqual(objects(revoked.out), [
    { serial: '0a0b0c0d', label: 'phone', current: false, state: 'revoked' },
  ]);
  const asked = world.node.requests.find(({ type }) => type === 'revoke-device');
  assert.deepEqual(asked, {
    type: 'revoke-device',
    id: asked?.id,
    serial: '0a0b0c0d',
    reason: 'left in a taxi',
  });
});
