import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INVITATION_LIFE_MS, Members, type Device } from '../../../node/ledger/index.ts';
import { valueOf, type Result } from '../../../protocol/errors/index.ts';
import { openLedger } from '../../support/ledger.ts';

const NOW = 1_700_000_000_000;
const ALICE = { address: 'alice@acme.test', name: 'Alice', roles: ['member'] };
const ACT = { actor: 'operator', reason: 'left', at: NOW };

function device(serial: string, change: Partial<Device> = {}): Device {
  return {
    serial,
    address: ALICE.address,
    label: '',
    peer: 'peer-1',
    enrolled: NOW,
    expires: NOW / 1000 + 86_400,
    certificate: new Uint8Array(8),
    revoked: null,
    ...change,
  };
}

function codeOf(result: Result<unknown>): string {
  return result.ok ? 'accepted' : result.refusal.code;
}

test('a member is there from being added until being removed, and can come back', async (t) => {
  const members = new Members(await openLedger(t));
  assert.equal(codeOf(members.active(ALICE.address)), 'member.unknown');
  assert.ok((await members.add(ALICE, ACT)).ok);
  assert.equal(codeOf(await members.add(ALICE, ACT)), 'member.exists');
  assert.deepEqual(
    (await members.list()).map(({ address }) => address),
    [ALICE.address],
  );
  assert.ok((await members.remove(ALICE.address, ACT)).ok);
  assert.equal(codeOf(members.active(ALICE.address)), 'member.removed');
  assert.equal(codeOf(await members.remove(ALICE.address, ACT)), 'member.removed');
  assert.ok((await members.add(ALICE, ACT)).ok);
  assert.ok(members.active(ALICE.address).ok);
});

test('an invitation is good once, for a day', async (t) => {
  const members = new Members(await openLedger(t));
  const codeHash = new Uint8Array(32).fill(1);
  const expires = NOW + INVITATION_LIFE_MS;
  await members.invite({ codeHash, address: ALICE.address, nodeRoles: [], expires });
  assert.equal(codeOf(members.invitation(new Uint8Array(32), NOW)), 'enrolment.bad-code');
  assert.equal(codeOf(members.invitation(codeHash, expires + 1)), 'enrolment.bad-code');
  const invitation = valueOf(members.invitation(codeHash, expires));
  const enrolling = members.enrol(invitation, 'peer-1', device('01'));
  assert.equal(codeOf(members.invitation(codeHash, NOW)), 'enrolment.bad-code', 'even before it is durable');
  await enrolling;
  assert.equal(members.deviceOfPeer('peer-1')?.serial, '01');
});

test('whoever is removed keeps no device', async (t) => {
  const members = new Members(await openLedger(t));
  await members.add(ALICE, ACT);
  await members.renewDevice(device('01'));
  await members.renewDevice(device('02', { peer: 'peer-2' }));
  await members.renewDevice(device('03', { peer: 'peer-3', address: 'alice@acme.test.evil' }));
  const { revoked } = valueOf(await members.remove(ALICE.address, ACT));
  assert.deepEqual(
    revoked.map(({ serial }) => serial),
    ['01', '02'],
  );
  assert.equal(members.deviceOfPeer('peer-2')?.revoked?.reason, 'affiliation-changed');
  assert.equal(members.deviceOfPeer('peer-3')?.revoked, null);
});

test('a revocation covers every certificate of the key, one renewed a moment ago too', async (t) => {
  const members = new Members(await openLedger(t));
  await members.renewDevice(device('01'));
  await members.renewDevice(device('02'));
  const revoking = members.revokeDevice('01', 'key-compromise', 'stolen', NOW);
  const renewing = members.renewDevice(device('03'));
  assert.ok((await revoking).ok);
  await renewing;
  for (const serial of ['01', '02', '03']) {
    assert.equal(members.device(serial)?.revoked?.text, 'stolen', `certificate ${serial}`);
  }
  assert.equal(members.deviceOfPeer('peer-1')?.serial, '03', 'the newest goes on to stand for the key');
  assert.equal(codeOf(await members.revokeDevice('01', 'unspecified', '', NOW)), 'device.revoked');
  assert.equal(codeOf(await members.revokeDevice('99', 'unspecified', '', NOW)), 'device.unknown');
});
