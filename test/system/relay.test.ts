import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyArchive, putBackArchive } from '../support/archive-copy.ts';
import { TestDevice } from '../support/test-device.ts';
import { startGateway } from '../support/test-gateway.ts';
import { freePort } from '../../scripts/processes/index.ts';
import { addPartner, startDns, startTestNode, type TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

test('through a gateway apart from its archive everything goes, and with the archive away senders are told', async () => {
  const dns = await startDns('acme.test', 'partner.test');
  let acme = await startTestNode(dns, 'acme.test', {
    roles: ['archive'],
    listen: [`/ip4/127.0.0.1/tcp/${await freePort()}`],
  });
  const partner = await startTestNode(dns, 'partner.test');
  const gateway = await startGateway(acme);
  const front: TestNode = { ...acme, node: { ...acme.node, host: gateway.host } };
  try {
    await addPartner(front, partner);
    await addPartner(partner, front);
    const alice = await TestDevice.enrol(front, 'alice@acme.test', 'Alice');
    const bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
    const conversation = await alice.create('bob@partner.test');
    const seen = async (device: TestDevice, text: string): Promise<boolean> => {
      const answer = await device.ask({ type: 'history', conversation, before: null, limit: 50 });
      return (
        answer.type === 'feed' &&
        answer.items.some((item) => item.type === 'message' && Buffer.from(item.envelope).includes(text))
      );
    };
    await alice.say(conversation, 'through the gateway');
    await until('the partner to have it', () => seen(bob, 'through the gateway'));
    await bob.say(conversation, 'and back again');
    await until('the way back', () => seen(alice, 'and back again'));

    // from here on the bundle that the gateway was shown carries an older roster than its archive knows
    const number = await partner.node.organisation.renewRoster();
    await until(
      'the roster to come through the gateway',
      () => acme.node.organisation.trust.rosterOf('partner.test')?.number === number,
    );
    const kept = await alice.sign({ kind: 'text', text: 'while away' }, { conversation });
    await acme.node.stop();
    const told = await alice.ask({ type: 'submit', envelopes: [kept] }).catch(() => undefined);
    assert.notEqual(told?.type, 'submitted', 'acknowledged though the archive is away');
    await alice.stop();
    await assert.rejects(TestDevice.connect(front, alice.key, alice.address, alice.bundle), {
      code: 'archive.unavailable',
    });
    const [said] = await bob.submit(await bob.sign({ kind: 'text', text: 'kept for you' }, { conversation }));
    assert.equal(said?.state, 'archived');

    acme = await acme.restart();
    const again = await until('the gateway to serve again', () =>
      TestDevice.connect(front, alice.key, alice.address, alice.bundle).catch(() => undefined),
    );
    const [sent] = await again.submit(kept);
    assert.equal(sent?.state, 'archived');
    await until('what was kept here', () => seen(bob, 'while away'));
    await until('what was kept there', () => seen(again, 'kept for you'));
    assert.deepEqual((await acme.operations['archive.verify']({})).faults, []);
    await again.stop();
    await bob.stop();
  } finally {
    await gateway.stop();
    await acme.stop();
    await partner.stop();
    await dns.server.stop();
  }
});

test('behind a gateway a suspended member is refused at once, and partners’ directories are had both ways', async () => {
  const dns = await startDns('acme.test', 'partner.test');
  const acme = await startTestNode(dns, 'acme.test', { roles: ['archive'] });
  const partner = await startTestNode(dns, 'partner.test');
  const gateway = await startGateway(acme);
  const front: TestNode = { ...acme, node: { ...acme.node, host: gateway.host } };
  try {
    await addPartner(front, partner);
    await addPartner(partner, front);
    const alice = await TestDevice.enrol(front, 'alice@acme.test', 'Alice');
    const bob = await TestDevice.enrol(partner, 'bob@partner.test', 'Bob');
    await acme.operations['partner.update']({ domain: 'partner.test', shareDirectory: 'names' });
    await partner.operations['partner.update']({ domain: 'acme.test', shareDirectory: 'names' });
    for (const device of [alice, bob]) {
      const { people } = await device.request({ type: 'contacts' }, 'contacts');
      assert.deepEqual(
        people.map(({ address }) => address),
        ['alice@acme.test', 'bob@partner.test'],
      );
    }
    const waiting = alice.ask({ type: 'read', cursor: 1_000_000, limit: 1, wait: true });
    await acme.operations['member.suspend']({ address: 'alice@acme.test', reason: 'under inquiry' });
    const told = await waiting;
    assert.equal(told.type, 'refused', 'a read that waits is held on to');
    await alice.stop();
    await assert.rejects(TestDevice.connect(front, alice.key, alice.address, alice.bundle), {
      code: 'member.suspended',
    });
    await bob.stop();
  } finally {
    await gateway.stop();
    await acme.stop();
    await partner.stop();
    await dns.server.stop();
  }
});

test('an archive behind a gateway witnesses and is witnessed through it, and asks through it after a start', async () => {
  const dns = await startDns('acme.test', 'partner.test');
  const listen = [`/ip4/127.0.0.1/tcp/${await freePort()}`];
  let acme = await startTestNode(dns, 'acme.test', { roles: ['archive'], listen });
  const partner = await startTestNode(dns, 'partner.test');
  const gateway = await startGateway(acme);
  const front: TestNode = { ...acme, node: { ...acme.node, host: gateway.host } };
  try {
    await addPartner(front, partner);
    await addPartner(partner, front);
    assert.equal((await partner.node.submitter.round()).get('acme.test'), 'cosigned');
    await acme.node.stop();
    const copy = await copyArchive(acme, 'older');
    acme = await acme.restart();
    await acme.node.organisation.ledger.administer('operator', 'test', 'growth');
    const cosigned = await until(
      'the partner to be reached',
      async () => (await acme.node.submitter.round()).get('partner.test') === 'cosigned',
    );
    assert.ok(cosigned);
    await acme.node.stop();
    await putBackArchive(acme, copy);
    acme = await acme.restart();
    assert.equal(acme.node.organisation.log.stopped?.code, 'archive.rolled-back');
  } finally {
    await gateway.stop();
    await acme.stop();
    await partner.stop();
    await dns.server.stop();
  }
});
