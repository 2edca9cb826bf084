/** How soon a revocation bites: at home, at a partner that is connected, and at one that never hears of it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isRevoked } from '../../protocol/statement/index.ts';
import { TestDevice } from '../support/test-device.ts';
import { startPartners } from '../support/partners.ts';
import type { TestDns, TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

/** Seconds the roster of the organisation that falls silent holds. */
const ROSTER_SECONDS = 3;

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;

before(async () => {
  ({ dns, acme, partner } = await startPartners({
    acme: { rosterSeconds: ROSTER_SECONDS },
    partner: { graceSeconds: 0 },
  }));
});

after(async () => {
  await acme.stop();
  await partner.stop();
  await dns.server.stop();
});

test('a revoked device is refused at home at once, and by a connected partner as soon as the roster is there', async (t) => {
  const alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  t.after(() => alice.stop());
  const serial = acme.node.organisation.members.deviceOfPeer(alice.host.peerId)?.serial ?? '';
  const knows = (): boolean => {
    const roster = partner.node.organisation.trust.rosterOf('acme.test');
    return roster !== null && isRevoked(roster, serial);
  };
  await until('the two to be connected', async () => {
    const { partners } = await acme.operations['partner.list']({});
    return partners[0]?.connected;
  });
  const begin = performance.now();
  await acme.operations['device.revoke']({ serial, reason: 'stolen' });
  const told = performance.now() - begin;
  await assert.rejects(TestDevice.connect(acme, alice.key, alice.address, alice.bundle), {
    code: 'device.revoked',
  });
  await until('the partner to know', knows);
  const known = performance.now() - begin;
  t.diagnostic(
    `revoked at home after ${told.toFixed(0)} ms, known to the partner after ${known.toFixed(0)} ms`,
  );
});

test('a partner that never hears cuts the organisation off when its roster is overdue', async (t) => {
  await acme.node.stop();
  const begin = Date.now();
  const { trust } = partner.node.organisation;
  await until('the roster to be overdue', () => {
    const trusted = trust.partner('acme.test');
    return !trusted.ok && trusted.refusal.code === 'roster.overdue';
  });
  t.diagnostic(`cut off ${Date.now() - begin} ms after it fell silent; its roster held ${ROSTER_SECONDS} s`);
});
