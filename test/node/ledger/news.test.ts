/** What of a partner's person is news, certificate by certificate. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { certificateOps, reports, type SeenDevice } from '../../../node/ledger/news.ts';
import { fact, type Ledger } from '../../../node/ledger/index.ts';
import { openLedger } from '../../support/ledger.ts';

const CAROL: SeenDevice = {
  address: 'carol@globex.test',
  domain: 'globex.test',
  name: 'Carol',
  roles: ['member'],
  publicKey: new Uint8Array(32).fill(1),
  window: { from: 1_000 },
};

function key(n: number): Uint8Array {
  return new Uint8Array(32).fill(n);
}

/** Sees certificates one after the other; says what was news of each. */
async function seen(t: TestContext, ...devices: Partial<SeenDevice>[]): Promise<string[][]> {
  let device: Partial<SeenDevice> = {};
  const ledger = await openLedger(t, {
    administration: ({ sequence, time }, views) =>
      certificateOps(views, { ...CAROL, ...device }, sequence, time),
  });
  const told: string[][] = [];
  for (device of devices) {
    const before = await count(ledger);
    await ledger.append([fact('administration', { actor: '', action: '', detail: '' })]);
    const [latest] = await reports(ledger, null, 1);
    const isNew = (await count(ledger)) > before;
    told.push(isNew ? (latest?.news ?? []).map(({ what, severity }) => `${what}: ${severity}`) : []);
  }
  return told;
}

async function count(ledger: Ledger): Promise<number> {
  return (await reports(ledger, null, 1_000)).length;
}

test('the first certificate is no news, nor is a renewed one, nor another key that was seen before', async (t) => {
  const told = await seen(
    t,
    {},
    { window: { from: 2_000 } },
    { publicKey: key(2), window: { from: 2_000 } },
    { window: { from: 3_000 } },
    { publicKey: key(2), window: { from: 3_000 } },
  );
  assert.deepEqual(told, [[], [], ['device: information'], [], []]);
});

test('a new device that brings another name and other roles is news of all three', async (t) => {
  const told = await seen(t, {}, { publicKey: key(2), name: 'Carla', roles: ['auditor', 'member'] });
  assert.deepEqual(told[1], ['device: information', 'name: warning', 'roles: information']);
});

test('a certificate that is older than the last one seen changes no name back', async (t) => {
  const told = await seen(
    t,
    {},
    { name: 'Carla', window: { from: 2_000 } },
    { publicKey: key(2), window: { from: 1_500 } },
    { name: 'Carla', window: { from: 3_000 } },
  );
  assert.deepEqual(told, [[], ['name: warning'], ['device: information'], []]);
});

test('many keys of one person are remembered, the latest of them', async (t) => {
  const devices = Array.from({ length: 70 }, (_, n) => ({ publicKey: key(n + 1) }));
  const told = await seen(t, ...devices, { publicKey: key(70) }, { publicKey: key(1) });
  assert.deepEqual(told.at(-2), []);
  assert.deepEqual(told.at(-1), ['device: information'], 'one long forgotten is new again');
});
