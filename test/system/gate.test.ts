import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { noise } from '@chainsafe/libp2p-noise';
import { tcp } from '@libp2p/tcp';
import { lpStream } from '@libp2p/utils';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p, type Libp2p } from 'libp2p';
import { encodeCbor } from '../../protocol/encoding/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { MAX_STRANGER_FRAME_BYTES, PROTOCOLS, parseInvitation } from '../../protocol/wire/index.ts';
import { TestDevice, enrol, makeKey } from '../support/test-device.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

let dns: TestDns;
let acme: TestNode;
let stranger: Libp2p;
const rejections: unknown[] = [];
const note = (reason: unknown): void => void rejections.push(reason);

before(async () => {
  process.on('unhandledRejection', note);
  dns = await startDns('acme.test');
  acme = await startTestNode(dns, 'acme.test');
  stranger = await createLibp2p({
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
  });
});

after(async () => {
  await stranger.stop();
  await acme.stop();
  await dns.server.stop();
  process.off('unhandledRejection', note);
});

/** A connection to the node: `afresh` where one from before will not do. */
function dial(afresh = false): ReturnType<Libp2p['dial']> {
  return stranger.dial(multiaddr(acme.node.host.addresses[0]), { force: afresh });
}

/** What a stream of a protocol brings before it ends: nothing, for a stranger. */
async function answerOn(protocol: string, frame: Uint8Array): Promise<string> {
  const connection = await dial();
  try {
    const stream = await connection.newStream(protocol, { signal: AbortSignal.timeout(3_000) });
    const frames = lpStream(stream, { maxDataLength: 2 ** 21 });
    await frames.write(frame);
    return Buffer.from((await frames.read({ signal: AbortSignal.timeout(3_000) })).subarray()).toString(
      'latin1',
    );
  } catch {
    return '';
  }
}

test('a stranger gets no answer on any protocol but identity and enrolment', async () => {
  for (const protocol of [
    PROTOCOLS.device,
    PROTOCOLS.federation,
    PROTOCOLS.relay,
    PROTOCOLS.dht,
    '/ipfs/id/1.0.0',
    '/ipfs/ping/1.0.0',
  ]) {
    const frame = encodeCbor({ type: 'contacts', id: 1 });
    assert.equal(await answerOn(protocol, frame), '', protocol);
  }
  const hello = await answerOn(
    PROTOCOLS.identity,
    encodeCbor({ type: 'identity', v: 1, bundle: null, handovers: false }),
  );
  assert.match(hello, /bundle/);
});

test('garbage, oversize and half frames end their stream and nothing else', async () => {
  for (const protocol of [PROTOCOLS.identity, PROTOCOLS.enrolment]) {
    for (const frame of [
      new Uint8Array([0xff, 0xff]),
      encodeCbor({ type: 'identity', v: 99, bundle: null, handovers: false }),
      new Uint8Array(MAX_STRANGER_FRAME_BYTES + 1),
      encodeCbor({ type: 'identity', v: 1, bundle: new Uint8Array(1_000), handovers: false }),
    ]) {
      const answer = await answerOn(protocol, frame);
      assert.ok(answer === '' || answer.includes('refused'), `${protocol} answered ${answer.slice(0, 80)}`);
    }
  }
  const half = await (await dial()).newStream(PROTOCOLS.identity, { negotiateFully: true });
  if (half.writeStatus === 'writable') half.send(new Uint8Array([0x80]));
  half.abort(new Error('gone'));
  const alice = await TestDevice.enrol(acme, 'alice@acme.test');
  assert.equal((await alice.ask({ type: 'contacts' })).type, 'contacts');
  await alice.stop();
});

test('a peer that does not prove itself in time is dropped', async () => {
  const begun = Date.now(); // the node's time begins with the connection, which here may be seen later
  const connection = await dial(true);
  await until('the drop', () => connection.status !== 'open');
  assert.ok(Date.now() - begun >= 4_000, 'it was dropped before its time was over');
});

test('an enrolment code works once, for its member, and no other does', async () => {
  await acme.operations['member.add']({ address: 'bea@acme.test', name: 'Bea', roles: ['member'] });
  const { invitation } = await acme.operations['member.invite']({ address: 'bea@acme.test' });
  const { code } = valueOf(parseInvitation(invitation));
  const badCode = { code: 'enrolment.bad-code' };
  await assert.rejects(enrol(acme, makeKey(), 'AAAA-BBBB-CCCC-DDDD', 'bea@acme.test'), badCode);
  await assert.rejects(enrol(acme, makeKey(), code, 'alice@acme.test'), badCode);
  await assert.rejects(enrol(acme, makeKey(), code, null), badCode);
  const key = makeKey();
  const bundle = await enrol(acme, key, code.toLowerCase().replaceAll('-', ' '), 'bea@acme.test');
  await assert.rejects(enrol(acme, makeKey(), code, 'bea@acme.test'), badCode);
  const bea = await TestDevice.connect(acme, key, 'bea@acme.test', bundle);
  assert.equal((await bea.ask({ type: 'contacts' })).type, 'contacts');
  await acme.operations['member.remove']({ address: 'bea@acme.test', reason: 'left' });
  await bea.stop();
  await assert.rejects(TestDevice.connect(acme, key, 'bea@acme.test', bundle), { code: 'device.revoked' });
});

test('two at once with the same code: one gets in', async () => {
  await acme.operations['member.add']({ address: 'cleo@acme.test', name: 'Cleo', roles: ['member'] });
  const { invitation } = await acme.operations['member.invite']({ address: 'cleo@acme.test' });
  const { code } = valueOf(parseInvitation(invitation));
  const tries = await Promise.allSettled([1, 2, 3].map(() => enrol(acme, makeKey(), code, 'cleo@acme.test')));
  assert.equal(tries.filter((tried) => tried.status === 'fulfilled').length, 1);
});

test('nothing of all that escaped a handler', () => {
  assert.deepEqual(rejections, []);
});
