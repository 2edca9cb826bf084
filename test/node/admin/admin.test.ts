import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, stat, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { connect, createServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { spawn } from 'node:child_process';
import { pino } from 'pino';
import { callOperation, startAdminServer } from '../../../node/admin/index.ts';
import { homeLayout } from '../../../node/home/index.ts';
import {
  OPERATIONS,
  type OperationInput,
  type OperationName,
  type Operations,
} from '../../../node/operations/contract.ts';
import { ChanceryError } from '../../../protocol/errors/index.ts';
import { fakeOperations } from '../../support/fake-operations.ts';
import { temporaryHome } from '../../support/temporary-home.ts';

async function serve(t: TestContext, changed: Partial<Operations> = {}, below = ''): Promise<string> {
  const { adminSocket } = await temporaryHome(t, below);
  const log = pino({ level: 'silent' });
  const server = await startAdminServer({ socket: adminSocket, operations: fakeOperations(changed), log });
  t.after(() => server.stop());
  return adminSocket;
}

interface Answer {
  readonly status: number | undefined;
  readonly body: {
    readonly error?: { readonly code: string; readonly message: string; readonly facts: unknown };
  };
}

async function send(
  socketPath: string,
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = { 'content-type': 'application/json' },
  method = 'POST',
): Promise<Answer> {
  const call = request({ socketPath, path, method, headers, agent: false });
  const answered = once(call, 'response');
  call.on('error', () => undefined); // the server may close while a body that is too large is still under way
  call.end(body);
  const [response] = (await answered) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, body: JSON.parse(text) as Answer['body'] };
}

const AS = { actor: 'o@acme.test' };
const CASE = { ...AS, name: 'quay' };
const REQUEST = { ...AS, id: 'ab12cd34' };

/** What each operation is asked with here: whatever an operation demands has to be here, or this does not compile. */
const INPUTS: {
  [
    Name in OperationName as OperationInput<Name> extends Record<string, never>
      ? never
      : object extends OperationInput<Name>
        ? never
        : Name
  ]: OperationInput<Name>;
} = {
  'gaps.enable': { rule: 'no-cards', reason: 'why' },
  'gaps.enabled': { rule: 'no-cards' },
  'identity.verify': { domain: 'b.test' },
  'identity.history': { domain: 'b.test' },
  'identity.rotate-root': { step: 'prepare' },
  'member.add': { address: 'a@acme.test', name: 'A' },
  'member.show': { address: 'a@acme.test' },
  'member.invite': { address: 'a@acme.test' },
  'member.remove': { address: 'a@acme.test' },
  'member.update': { address: 'a@acme.test' },
  'member.suspend': { address: 'a@acme.test', reason: 'r' },
  'member.restore': { address: 'a@acme.test' },
  'device.show': { serial: '0a' },
  'device.approve': { fingerprint: 'ABCD' },
  'device.reject': { fingerprint: 'ABCD' },
  'device.revoke': { serial: '0a' },
  'node.remove': { peer: '12D3KooWNode' },
  'archive.promote': { reason: 'r' },
  'archive.disown': { reason: 'r' },
  'partner.preview': { domain: 'b.test' },
  'partner.add': { domain: 'b.test', rootId: 'x' },
  'partner.approve': { domain: 'b.test', rootId: 'x' },
  'partner.update': { domain: 'b.test', shareDirectory: 'names' },
  'partner.show': { domain: 'b.test' },
  'partner.remove': { domain: 'b.test' },
  'evidence.show': { sequence: 5 },
  'archive.show': { sequence: 5 },
  'archive.search': { query: 'invoice' },
  'hold.place': { matter: 'm', people: ['a@acme.test'], actor: 'o@acme.test', reason: 'r' },
  'hold.show': { matter: 'm' },
  'hold.release': { matter: 'm', actor: 'o@acme.test', reason: 'r' },
  'hold.approve': { matter: 'm', actor: 'p@acme.test' },
  'erasure.request': { person: 'a@acme.test', ground: 'g', actor: 'o@acme.test' },
  'erasure.show': { sequence: 5 },
  'archive.tile': { path: 'tile/0/000' },
  'archive.reconcile': { partner: 'b.test' },
  backup: { directory: '/mnt/backup' },
  'preservation.request': { ...AS, domain: 'b.test', matter: 'm', reason: 'r' },
  'preservation.withdraw': { ...REQUEST, reason: 'r' },
  'preservation.accept': REQUEST,
  'preservation.decline': { ...REQUEST, reason: 'r' },
  'preservation.show': { id: 'ab12cd34' },
  'case.open': { ...CASE, title: 'Quay' },
  'case.list': AS,
  'case.show': CASE,
  'case.events': CASE,
  'case.messages': CASE,
  'case.search': CASE,
  'case.tag': { ...CASE, tag: 'key', entries: [5] },
  'case.untag': { ...CASE, tag: 'key', entries: [5] },
  'case.note': { ...CASE, text: 't' },
  'case.add-reviewer': { ...CASE, reviewer: 'p@acme.test' },
  'case.remove-reviewer': { ...CASE, reviewer: 'p@acme.test' },
  'case.close': { ...CASE, reason: 'r' },
  'case.reopen': { ...CASE, reason: 'r' },
  'policy.plan': { text: 't' },
  'policy.simulate': { ...AS, text: 't', days: 30, purpose: 'p' },
  'policy.apply': { ...AS, text: 't', reason: 'r' },
  'contact.accept': { person: 'c@b.test' },
  'contact.decline': { person: 'c@b.test' },
  'report.show': { entry: 5 },
  'archive.accept-loss': { reason: 'disk gone' },
  'partner.accept-loss': { domain: 'b.test', size: 41, reason: 'told' },
};

describe('the admin socket', () => {
  it('serves every operation of the contract', async (t) => {
    const socket = await serve(t);
    for (const name of Object.keys(OPERATIONS) as OperationName[]) {
      const output = await callOperation(
        socket,
        name,
        (INPUTS as Partial<Record<OperationName, object>>)[name] ?? {},
      );
      assert.ok(OPERATIONS[name].output.safeParse(output).success, name);
    }
  });

  it('hands an operation its input with defaults, and without what the contract does not know', async (t) => {
    const seen: unknown[] = [];
    const socket = await serve(t, {
      'archive.list': (input) => {
        seen.push(input);
        return Promise.resolve({ entries: [], next: null });
      },
    });
    await send(socket, '/v1/archive.list', '{"person":"a@acme.test","extra":1}');
    assert.deepEqual(seen, [{ limit: 50, person: 'a@acme.test' }]);
  });

  it('is for its owner alone', async (t) => {
    const socket = await serve(t);
    assert.equal((await stat(socket)).mode & 0o777, 0o600);
  });

  it('works however deep the home lies', async (t) => {
    const socket = await serve(t, {}, 'deep/'.repeat(40));
    assert.equal((await callOperation(socket, 'status', {})).domain, 'acme.test');
    await assert.rejects(
      startAdminServer({ socket, operations: fakeOperations(), log: pino({ level: 'silent' }) }),
      { code: 'node.running' },
    );
  });

  it('carries an operation’s refusal whole to the caller', async (t) => {
    const facts = { address: 'x@acme.test' };
    const socket = await serve(t, {
      'member.show': () =>
        Promise.reject(new ChanceryError('member.unknown', 'no member x@acme.test', { facts })),
    });
    await assert.rejects(callOperation(socket, 'member.show', { address: 'x@acme.test' }), {
      name: 'ChanceryError',
      code: 'member.unknown',
      message: 'no member x@acme.test',
      facts,
    });
    assert.equal((await send(socket, '/v1/member.show', '{"address":"x@acme.test"}')).status, 404);
  });

  it('says nothing of the inside when an operation breaks', async (t) => {
    const secret = () => Promise.reject(new Error('secret at /var/lib'));
    const internal = () => Promise.reject(new ChanceryError('internal', 'secret', { facts: { secret: 1 } }));
    const socket = await serve(t, { status: secret, 'node.list': internal });
    for (const path of ['/v1/status', '/v1/node.list']) {
      const { status, body } = await send(socket, path, '{}');
      assert.equal(status, 500);
      assert.deepEqual([body.error?.code, body.error?.facts], ['internal', {}]);
      assert.doesNotMatch(JSON.stringify(body), /secret|stack|node:|\.ts/);
    }
  });

  it('never passes on output that the contract does not allow', async (t) => {
    const socket = await serve(t, { status: () => Promise.resolve({ domain: 'acme.test' } as never) });
    const { status, body } = await send(socket, '/v1/status', '{}');
    assert.deepEqual([status, body.error?.code], [500, 'internal']);
  });

  const HOSTILE: readonly [
    title: string,
    path: string,
    body: string | Buffer,
    status: number,
    code: string,
  ][] = [
    ['an unknown operation', '/v1/archive.destroy', '{}', 404, 'request.unknown'],
    ['an inherited name', '/v1/constructor', '{}', 404, 'request.unknown'],
    ['a name that is a prototype', '/v1/__proto__', '{}', 404, 'request.unknown'],
    ['another path', '/', '{}', 404, 'request.unknown'],
    ['a path that climbs', '/v1/../status', '{}', 404, 'request.unknown'],
    ['a path that cannot be decoded', '/v1/%ff', '{}', 404, 'request.unknown'],
    ['a very long name', `/v1/${'x'.repeat(4_000)}`, '{}', 404, 'request.unknown'],
    ['no JSON', '/v1/status', '{', 400, 'request.invalid'],
    ['bytes', '/v1/status', Buffer.from([0xff, 0x00, 0xfe]), 400, 'request.invalid'],
    ['no body where one is needed', '/v1/member.show', '', 400, 'request.invalid'],
    ['a list', '/v1/status', '[]', 400, 'request.invalid'],
    ['a text', '/v1/status', '"x"', 400, 'request.invalid'],
    ['a wrong type', '/v1/member.show', '{"address":{"a":1}}', 400, 'request.invalid'],
    ['a number out of bounds', '/v1/archive.list', '{"limit":501}', 400, 'request.invalid'],
    ['a poisoned prototype', '/v1/status', '{"__proto__":{"a":1}}', 400, 'request.invalid'],
    ['a poisoned constructor', '/v1/status', '{"constructor":{"prototype":{}}}', 400, 'request.invalid'],
    ['too many bytes', '/v1/status', `{"a":"${'x'.repeat(70_000)}"}`, 413, 'encoding.too-large'],
    ['deep nesting', '/v1/status', '['.repeat(30_000), 400, 'request.invalid'],
  ];
  for (const [title, path, body, status, code] of HOSTILE) {
    it(`refuses ${title}`, async (t) => {
      const socket = await serve(t);
      const answer = await send(socket, path, body);
      assert.deepEqual([answer.status, answer.body.error?.code], [status, code]);
      assert.deepEqual(Object.keys(answer.body), ['error']);
      assert.equal((await callOperation(socket, 'status', {})).domain, 'acme.test', 'serves on');
    });
  }

  it('takes a policy as large as one may be', async (t) => {
    const seen: number[] = [];
    const socket = await serve(t, {
      'policy.plan': (input) => {
        seen.push(input.text.length);
        return fakeOperations()['policy.plan'](input);
      },
    });
    const text = '"\n'.repeat(131_072);
    await callOperation(socket, 'policy.plan', { text });
    assert.deepEqual(seen, [262_144]);
    await assert.rejects(callOperation(socket, 'policy.plan', { text: `${text}x` }), {
      code: 'request.invalid',
    });
  });

  it('refuses another content type and another method', async (t) => {
    const socket = await serve(t);
    const typed = await send(socket, '/v1/status', '<x/>', { 'content-type': 'text/xml' });
    assert.deepEqual([typed.status, typed.body.error?.code], [400, 'request.invalid']);
    const got = await send(socket, '/v1/status', '', {}, 'GET');
    assert.deepEqual([got.status, got.body.error?.code], [404, 'request.unknown']);
  });

  it('outlives what is not HTTP', async (t) => {
    const socket = await serve(t);
    const raw = connect(socket);
    raw.on('error', () => undefined);
    raw.write(Buffer.from([0, 1, 2, 255, 13, 10, 13, 10]));
    raw.resume();
    await once(raw, 'close');
    assert.equal((await callOperation(socket, 'status', {})).domain, 'acme.test');
  });

  it('takes the place of a socket that a killed node left behind', async (t) => {
    const { adminSocket } = await temporaryHome(t);
    const program = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    await once(spawn(process.execPath, ['--eval', program, adminSocket]), 'exit');
    assert.ok((await stat(adminSocket)).isSocket());
    await assert.rejects(callOperation(adminSocket, 'status', {}), { code: 'node.not-running' });
    const log = pino({ level: 'silent' });
    const server = await startAdminServer({ socket: adminSocket, operations: fakeOperations(), log });
    assert.equal((await callOperation(adminSocket, 'status', {})).domain, 'acme.test');
    await server.stop();
    await assert.rejects(stat(adminSocket), { code: 'ENOENT' });
  });
});

describe('a caller of the admin socket', () => {
  it('is told to start the node when none runs', async (t) => {
    const { adminSocket } = await temporaryHome(t);
    const expected = { code: 'node.not-running', message: /chancery start/ };
    await assert.rejects(callOperation(adminSocket, 'status', {}), expected);
    await writeFile(adminSocket, '');
    await chmod(adminSocket, 0o600);
    await assert.rejects(callOperation(adminSocket, 'status', {}), expected);
    await assert.rejects(callOperation(homeLayout('/nowhere').adminSocket, 'status', {}), expected);
  });

  it('is refused before the node is asked, when its input is wrong', async (t) => {
    const { adminSocket } = await temporaryHome(t);
    await assert.rejects(callOperation(adminSocket, 'archive.list', { limit: 0 }), {
      code: 'request.invalid',
    });
  });

  for (const [title, answer, code] of [
    ['of another version', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}', 'internal'],
    ['that is no JSON', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n{', 'internal'],
    ['that fails without saying why', 'HTTP/1.1 500 X\r\ncontent-length: 2\r\n\r\n{}', 'internal'],
    ['that is no HTTP', 'hello\r\n\r\n', 'node.not-running'],
    ['that breaks off', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{', 'node.not-running'],
  ] as const) {
    it(`does not take an answer ${title} for a result`, async (t) => {
      const { adminSocket } = await temporaryHome(t);
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => socket.end(answer));
      });
      server.listen(adminSocket);
      await once(server, 'listening');
      t.after(() => server.close());
      await assert.rejects(callOperation(adminSocket, 'status', {}), { name: 'ChanceryError', code });
    });
  }
});
