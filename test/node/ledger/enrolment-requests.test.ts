import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { EnrolmentRequests, Members, type Device, type Invitation } from '../../../node/ledger/index.ts';
import { valueOf, type Result } from '../../../protocol/errors/index.ts';
import { openLedger } from '../../support/ledger.ts';

const NOW = 1_700_000_000_000;
const DAY = 86_400_000;

function act(at: number): { actor: string; reason: string; at: number } {
  return { actor: 'operator', reason: '', at };
}

function codeOf(result: Result<unknown>): string {
  return result.ok ? 'accepted' : result.refusal.code;
}

async function open(
  t: TestContext,
): Promise<{ members: Members; requests: EnrolmentRequests; invite: (n: number) => Promise<Invitation> }> {
  const ledger = await openLedger(t);
  const members = new Members(ledger);
  const invite = async (n: number): Promise<Invitation> => {
    const codeHash = new Uint8Array(32).fill(n & 0xff, 0, 16).fill(n >> 8, 16);
    await members.invite({ codeHash, address: 'alice@acme.test', nodeRoles: [], expires: NOW + DAY });
    return valueOf(members.invitation(codeHash, NOW));
  };
  return { members, requests: new EnrolmentRequests(ledger), invite };
}

test('a request uses its code up as soon as it is opened, before it is durable', async (t) => {
  const { members, requests, invite } = await open(t);
  const invitation = await invite(1);
  const opening = requests.open(invitation, 'peer-1', 'laptop', NOW);
  assert.equal(codeOf(members.invitation(invitation.codeHash, NOW)), 'enrolment.bad-code');
  await opening;
  assert.deepEqual(
    (await requests.pending(NOW)).map(({ peer, address }) => [peer, address]),
    [['peer-1', 'alice@acme.test']],
  );
});

test('a request waits for a day, and is decided once', async (t) => {
  const { members, requests, invite } = await open(t);
  await requests.open(await invite(1), 'peer-1', 'laptop', NOW);
  await requests.open(await invite(2), 'peer-2', 'phone', NOW + 1);
  assert.equal((await requests.pending(NOW + DAY)).length, 2);
  assert.deepEqual(
    (await requests.pending(NOW + DAY + 1)).map(({ peer }) => peer),
    ['peer-2'],
  );
  assert.equal(codeOf(await requests.reject('peer-1', act(NOW + DAY + 1))), 'device.unknown');
  const device: Device = {
    serial: '01',
    address: 'alice@acme.test',
    label: 'phone',
    peer: 'peer-2',
    enrolled: NOW,
    expires: NOW / 1000 + 86_400,
    certificate: new Uint8Array(8),
    revoked: null,
  };
  const told = { news: [], audience: [] };
  const [approved, rejected] = await Promise.all([
    requests.approve('peer-2', device, told, act(NOW)),
    requests.reject('peer-2', act(NOW)),
  ]);
  assert.deepEqual([codeOf(approved), codeOf(rejected)], ['accepted', 'device.unknown']);
  assert.equal(members.deviceOfPeer('peer-2')?.serial, '01');
});

test('only so many wait; further ones are to come again with the same code', async (t) => {
  const { requests, invite } = await open(t);
  for (let n = 0; n < 256; n += 1) {
    assert.ok((await requests.room(NOW)).ok, `request ${n}`);
    await requests.open(await invite(n), `peer-${n}`, '', NOW);
  }
  assert.equal(codeOf(await requests.room(NOW)), 'limit.exceeded');
  assert.equal(codeOf(await requests.room(NOW + 2 * DAY)), 'accepted', 'those that ran out make room');
});
