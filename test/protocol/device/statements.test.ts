import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nobleSuite } from '../../../protocol/crypto/index.ts';
import {
  openAttestation,
  openRevocationNotice,
  signAttestation,
  signRevocationNotice,
} from '../../../protocol/device/index.ts';
import { signStatement } from '../../../protocol/statement/index.ts';
import { makeKey } from '../../support/organisation.ts';

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const FACTS = {
  clientVersion: null,
  platform: 'linux',
  osVersion: '6.1',
  diskEncryption: 'on' as const,
  managedId: 'asset 4711',
};
const mdm = makeKey('mdm');
const older = makeKey('older mdm');
const thief = makeKey('thief');
const expected = { device: 'device', now: NOW, maxAge: DAY };

function codeOf(
  result: ReturnType<typeof openAttestation> | ReturnType<typeof openRevocationNotice>,
): string {
  return result.ok ? 'accepted' : result.refusal.code;
}

test('an attestation counts for its device, under any configured key, for as long as it is fresh', async () => {
  const keys = [older.publicKey, mdm.publicKey];
  const opened = async (
    change: { device?: string; time?: number; by?: typeof mdm } = {},
    against = keys,
  ): Promise<string> => {
    const { device = 'device', time = NOW, by = mdm } = change;
    const statement = await signAttestation({ device, facts: FACTS, time }, by.signer);
    return codeOf(openAttestation(statement, expected, against, nobleSuite));
  };
  assert.equal(await opened(), 'accepted');
  assert.equal(await opened({ by: older }), 'accepted');
  assert.equal(await opened({ time: NOW - DAY }), 'accepted');
  const bad = 'device.bad-attestation';
  assert.equal(await opened({ time: NOW - DAY - 1 }), bad);
  assert.equal(await opened({ time: NOW + 600_001 }), bad);
  assert.equal(await opened({ device: 'another' }), bad);
  assert.equal(await opened({ by: thief }), bad);
  assert.equal(await opened({}, []), bad);
});

test('an attestation that was touched, or signed for another purpose, is none', async () => {
  const statement = await signAttestation({ device: 'device', facts: FACTS, time: NOW }, mdm.signer);
  for (let at = 0; at < statement.length; at += 1) {
    const touched = statement.slice();
    touched[at] = (touched[at] ?? 0) ^ 1;
    assert.notEqual(codeOf(openAttestation(touched, expected, [mdm.publicKey], nobleSuite)), 'accepted');
  }
  const value = { v: 1, device: 'device', facts: FACTS, time: NOW };
  for (const context of ['receipt', 'revocation'] as const) {
    const other = await signStatement(context, value, mdm.signer);
    assert.equal(
      codeOf(openAttestation(other, expected, [mdm.publicKey], nobleSuite)),
      'device.bad-attestation',
    );
  }
});

test('a revocation is the organisation’s own word about one device, and nothing else', async () => {
  const about = { domain: 'acme.test', device: 'device' };
  const opened = async (change: Partial<typeof about> = {}, by = mdm): Promise<string> => {
    const statement = await signRevocationNotice({ ...about, revoked: NOW, ...change }, by.signer);
    return codeOf(openRevocationNotice(statement, about, mdm.publicKey, nobleSuite));
  };
  assert.equal(await opened(), 'accepted');
  assert.equal(await opened({ domain: 'globex.test' }), 'certificate.wrong-domain');
  assert.equal(await opened({ device: 'another' }), 'identity.key-mismatch');
  assert.equal(await opened({}, thief), 'signature.invalid');
  const value = { v: 1, ...about, revoked: NOW };
  const roster = await signStatement('roster', value, mdm.signer);
  assert.equal(codeOf(openRevocationNotice(roster, about, mdm.publicKey, nobleSuite)), 'signature.invalid');
});
