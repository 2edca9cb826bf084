import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { decode, encode, RECURSION_AVAILABLE, TRUNCATED_RESPONSE, type Packet } from 'dns-packet';
import { createDnsClient, lookupTxt, parseServerAddress } from '../../../node/dns/index.ts';
import { DnsTree } from '../../../scripts/dns/index.ts';

/** Short, since the servers here are silent on purpose. */
const TIMEOUT_MS = 100;

/** A server over UDP alone that answers each query with the packets made for it. */
async function udpServer(t: TestContext, replies: (query: Packet) => Packet[]): Promise<string> {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    for (const reply of replies(decode(message))) socket.send(encode(reply), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

function answer(query: Packet, text: string, change: Partial<Packet> = {}): Packet {
  const { id, questions = [] } = query;
  const [{ name } = { name: '' }] = questions;
  const answers = [{ type: 'TXT' as const, name, data: text }];
  return { type: 'response', id, flags: RECURSION_AVAILABLE, questions, answers, ...change };
}

async function looked(servers: readonly string[]): Promise<readonly string[] | string> {
  const result = await lookupTxt('_chancery.acme.test', createDnsClient({ servers, timeoutMs: TIMEOUT_MS }));
  return result.ok ? result.value : result.refusal.code;
}

test('a forged answer with another id or question is passed over for the right one', async (t) => {
  const server = await udpServer(t, (query) => [
    answer(query, 'forged', { id: ((query.id ?? 0) + 1) % 65536 }),
    answer(query, 'forged', { questions: [{ name: 'other.test', type: 'TXT' }] }),
    answer(query, 'forged', { questions: [] }),
    answer(query, 'forged', { type: 'query' }),
    answer(query, 'right'),
  ]);
  assert.deepEqual(await looked([server]), ['right']);
});

test('the next server is asked when one is silent, gone, refuses or only refers elsewhere', async (t) => {
  const silent = await udpServer(t, () => []);
  const refusing = await udpServer(t, (query) => [
    answer(query, 'x', { flags: RECURSION_AVAILABLE | 5, answers: [] }),
  ]);
  const referring = await udpServer(t, (query) => [answer(query, 'x', { flags: 0, answers: [] })]);
  const gone = await new DnsTree({ zones: [] }).serve();
  await gone.stop();
  const right = await udpServer(t, (query) => [answer(query, 'right')]);
  assert.deepEqual(await looked([silent, refusing, referring, gone.address, right]), ['right']);
  assert.equal(await looked([silent, refusing, referring, gone.address]), 'dns.unreachable');
});

test('a truncated answer that TCP cannot bring whole is not taken for the whole', async (t) => {
  const flags = RECURSION_AVAILABLE | TRUNCATED_RESPONSE;
  const server = await udpServer(t, (query) => [answer(query, 'part', { flags })]);
  assert.equal(await looked([server]), 'dns.truncated');
});

test('records of another name in an answer are not taken for those asked for', async (t) => {
  const answers = [{ type: 'TXT' as const, name: 'other.test', data: 'else' }];
  const server = await udpServer(t, (query) => [answer(query, '', { answers })]);
  assert.equal(await looked([server]), 'dns.no-record');
});

test('name servers are written as an address, with or without a port', () => {
  const parsed = (text: string): unknown => {
    const result = parseServerAddress(text);
    return result.ok ? result.value : result.refusal.code;
  };
  assert.deepEqual(parsed('192.0.2.1'), { host: '192.0.2.1', port: 53 });
  assert.deepEqual(parsed('192.0.2.1:5300'), { host: '192.0.2.1', port: 5300 });
  assert.deepEqual(parsed('2001:db8::1'), { host: '2001:db8::1', port: 53 });
  assert.deepEqual(parsed('[2001:db8::1]:5300'), { host: '2001:db8::1', port: 5300 });
  for (const text of ['', 'dns.example', '192.0.2.1:', '192.0.2.1:0', '192.0.2.1:70000', '[192.0.2.1]:53']) {
    assert.equal(parsed(text), 'config.invalid');
  }
  assert.throws(() => createDnsClient({ servers: [] }), { code: 'config.invalid' });
});
