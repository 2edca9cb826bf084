import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nobleSigner, nobleSuite } from '../../../protocol/crypto/index.ts';
import {
  openAgreement,
  openReceipt,
  openRoster,
  readRoster,
  signAgreement,
  signReceipt,
  signRoster,
  type Roster,
} from '../../../protocol/statement/index.ts';
import type { Result } from '../../../protocol/errors/index.ts';

const signer = nobleSigner(new Uint8Array(32).fill(1));
const other = nobleSigner(new Uint8Array(32).fill(2));
const code = (result: Result<unknown>): string => (result.ok ? 'ok' : result.refusal.code);

const roster: Roster = {
  domain: 'acme.test',
  number: 3,
  issued: 1_000,
  nextUpdate: 2_000,
  nodes: [{ peer: '12D3KooW', roles: ['gateway', 'archive'], addresses: ['/ip4/127.0.0.1/tcp/1'] }],
  revoked: [{ serial: 'ab', at: 900, reason: 'key-compromise' }],
};

test('a roster is believed under its organisation’s key only, and of its domain only', async () => {
  const signed = await signRoster(roster, signer);
  const opened = openRoster(signed, 'acme.test', signer.publicKey, 1_500, nobleSuite);
  assert.ok(opened.ok);
  assert.deepEqual(opened.value, roster);
  assert.ok(readRoster(signed).ok);
  assert.equal(
    code(openRoster(signed, 'acme.test', other.publicKey, 1_500, nobleSuite)),
    'roster.bad-signature',
  );
  assert.equal(
    code(openRoster(signed, 'evil.test', signer.publicKey, 1_500, nobleSuite)),
    'certificate.wrong-domain',
  );
  for (let at = 0; at < signed.length; at += 7) {
    const changed = Uint8Array.from(signed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.equal(
      openRoster(changed, 'acme.test', signer.publicKey, 1_500, nobleSuite).ok,
      false,
      `byte ${at} may change`,
    );
  }
});

const agreement = {
  from: 'partner.test',
  with: 'acme.test',
  root: 'R1',
  since: 1_000,
  until: 5_000,
  terms: { messageBytes: 1_000, directory: 'none' as const },
};
const expected = { from: 'partner.test', us: 'acme.test', rootIds: ['R1', 'R2'], at: 2_000 };

test('a roster holds from about when it was issued, and for a month at most', async () => {
  const open = async (change: Partial<Roster>, at = 1_500): Promise<string> =>
    code(
      openRoster(
        await signRoster({ ...roster, ...change }, signer),
        'acme.test',
        signer.publicKey,
        at,
        nobleSuite,
      ),
    );
  assert.equal(await open({}, 400), 'ok');
  assert.equal(await open({}, 399), 'roster.bad-validity');
  assert.equal(await open({}, 1_000_000), 'ok', 'whether it is overdue is for its reader to say');
  assert.equal(await open({ nextUpdate: 1_000 }), 'roster.bad-validity');
  assert.equal(await open({ nextUpdate: 1_000 + 32 * 86_400 }), 'roster.bad-validity');
});

test('a roster names serials only as certificates have them', async () => {
  for (const serial of ['AB', 'abc', '00ab', '', 'xy']) {
    const signed = await signRoster(
      { ...roster, revoked: [{ serial, at: 900, reason: 'cessation' }] },
      signer,
    );
    assert.equal(
      code(openRoster(signed, 'acme.test', signer.publicKey, 1_500, nobleSuite)),
      'encoding.malformed',
      serial,
    );
  }
});

test('an agreement holds between the two it names, with the root it names, and until it ends', async () => {
  const signed = await signAgreement(agreement, signer);
  const open = (change: Partial<typeof expected>): string =>
    code(openAgreement(signed, { ...expected, ...change }, signer.publicKey, nobleSuite));
  assert.equal(open({}), 'ok');
  assert.equal(open({ us: 'other.test' }), 'agreement.mismatch');
  assert.equal(open({ from: 'other.test' }), 'agreement.mismatch');
  assert.equal(open({ rootIds: ['R2'] }), 'agreement.mismatch');
  assert.equal(open({ at: 5_001 }), 'agreement.mismatch');
  assert.equal(open({ at: 400 }), 'ok');
  assert.equal(open({ at: 399 }), 'agreement.mismatch');
});

test('a statement of one kind never passes for another', async () => {
  const signed = await signAgreement(agreement, signer);
  assert.equal(
    code(openRoster(signed, 'partner.test', signer.publicKey, 1_500, nobleSuite)),
    'roster.bad-signature',
  );
  const receipt = await signReceipt(
    { from: 'partner.test', to: 'acme.test', time: 1, archived: [], refused: [], checkpoint: '' },
    signer,
  );
  const parties = { from: 'partner.test', to: 'acme.test' };
  assert.equal(code(openReceipt(receipt, parties, signer.publicKey, nobleSuite)), 'ok');
  assert.equal(code(openReceipt(signed, parties, signer.publicKey, nobleSuite)), 'signature.invalid');
  assert.equal(
    code(openReceipt(receipt, { from: 'partner.test', to: 'other.test' }, signer.publicKey, nobleSuite)),
    'certificate.wrong-domain',
  );
});
