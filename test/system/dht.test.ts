import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freePort } from '../../scripts/processes/index.ts';
import { TestDevice } from '../support/test-device.ts';
import { federate, startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

let dns: TestDns;
/** Nobody can reach it by what it says of itself: it has to find the others. */
let acme: TestNode;
let partner: TestNode;
let third: TestNode;

before(async () => {
  dns = await startDns('acme.test', 'partner.test', 'third.test');
  const listen = `/ip4/127.0.0.1/tcp/${await freePort()}`;
  const announce = `/ip4/127.0.0.1/tcp/${await freePort()}`;
  acme = await startTestNode(dns, 'acme.test', { listen: [listen], announce: [announce] });
  partner = await startTestNode(dns, 'partner.test');
  // the only one whose address is always the same
  third = await startTestNode(dns, 'third.test', { listen: [`/ip4/127.0.0.1/tcp/${await freePort()}`] });
  await federate(acme, third);
  await federate(partner, third);
});

after(async () => {
  for (const node of [acme, partner, third]) await node.stop();
  await dns.server.stop();
});

async function connected(node: TestNode, domain: string): Promise<void> {
  await until(`${node.settings.domain} to reach ${domain}`, async () => {
    const { partners } = await node.operations['partner.list']({});
    return partners.find((one) => one.domain === domain)?.connected;
  });
}

/** The same node, reached where it listens. */
function reachable(node: TestNode): TestNode {
  const { peerId } = node.node.host;
  const host = { peerId, addresses: node.settings.listen.map((address) => `${address}/p2p/${peerId}`) };
  return { ...node, node: { ...node.node, host: host as unknown as TestNode['node']['host'] } };
}

/** Makes them partners under an address at which nobody listens. */
async function federateAstray(a: TestNode, b: TestNode): Promise<void> {
  const nowhere = `/ip4/127.0.0.1/tcp/${await freePort()}`;
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    await one.operations['partner.add']({
      domain: other.settings.domain,
      rootId: other.made.rootId,
      addresses: [`${nowhere}/p2p/${other.node.host.peerId}`],
      shareDirectory: 'none',
    });
  }
}

async function talk(from: TestDevice, to: TestDevice, text: string): Promise<void> {
  const conversation = await from.create(to.address);
  await from.say(conversation, text);
  await until(`"${text}" to arrive`, async () => {
    const answer = await to.ask({ type: 'history', conversation, before: null, limit: 10 });
    return (
      answer.type === 'feed' &&
      answer.items.some((item) => item.type === 'message' && Buffer.from(item.envelope).includes(text))
    );
  });
}

test('a partner whose known addresses are all wrong is found through a third, again when it has moved', async () => {
  await connected(acme, 'third.test');
  await connected(partner, 'third.test');
  await federateAstray(acme, partner);
  const alice = await TestDevice.enrol(reachable(acme), 'alice@acme.test');
  let bob = await TestDevice.enrol(partner, 'bob@partner.test');
  await talk(alice, bob, 'found you');
  await talk(bob, alice, 'and I you');

  // it moves: what is known of it, by agreement, roster and address book, is no longer true
  await bob.stop();
  const before = partner.node.host.addresses;
  partner = await partner.restart();
  assert.notDeepEqual(partner.node.host.addresses, before);
  bob = await TestDevice.connect(partner, bob.key, bob.address, bob.bundle);
  await talk(alice, bob, 'found you again');
  await alice.stop();
  await bob.stop();
});
