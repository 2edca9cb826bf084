/** Officers' acts held against the log: what an operator with the keys of the node could write there is named. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignedActs, type StoodThen } from '../../../node/audit/signed-acts.ts';
import type { KnownSigner } from '../../../node/ledger/index.ts';
import { peerIdOf } from '../../../protocol/certificate/index.ts';
import { nobleSigner, nobleSuite, type Signer } from '../../../protocol/crypto/index.ts';
import { accept } from '../../../protocol/errors/index.ts';
import { signAct, type Act, type Deed } from '../../../protocol/oversight/index.ts';

const ROOTS = new Set(['our root']);
const ASK: Deed = {
  kind: 'ask',
  asked: { action: 'release', matter: 'Smith v. Acme', holds: [4], reason: 'settled' },
};

interface Officer {
  readonly signer: Signer;
  readonly then: StoodThen;
}

function officer(name: string, seed: number, change: Partial<KnownSigner> = {}): Officer {
  const signer = nobleSigner(new Uint8Array(32).fill(seed));
  const known = {
    ...{ hash: new Uint8Array(32), publicKey: signer.publicKey, address: `${name}@acme.test`, name },
    ...{
      domain: 'acme.test',
      rootId: 'our root',
      serials: [`${seed}`],
      roles: ['member', 'compliance-officer'],
    },
    ...{ window: { from: 0, until: 0 }, chain: [] },
    ...change,
  };
  return { signer, then: { signer: accept(known), rootIds: ROOTS, isRevoked: () => false } };
}

const OLIVE = officer('olive', 1);
const OSCAR = officer('oscar', 2);

let nonce = 0;

function sign({ signer, then }: Officer, deed: Deed, change: Partial<Act> = {}): Promise<Uint8Array> {
  nonce += 1;
  const address = then.signer.ok ? then.signer.value.address : '';
  const named = { domain: 'acme.test', officer: address, device: peerIdOf(signer.publicKey), time: 0 };
  return signAct({ ...named, nonce: new Uint8Array(16).fill(nonce), deed, ...change }, signer);
}

function start(): {
  take: (sequence: number, act: Uint8Array, by: Officer, time?: number) => string;
  acts: SignedActs;
} {
  const acts = new SignedActs({ domain: 'acme.test', suite: nobleSuite });
  const take = (sequence: number, act: Uint8Array, { then }: Officer, time = 0): string => {
    const taken = acts.take({ sequence, time }, { act, chain: [] }, then);
    return taken.ok ? 'holds' : taken.refusal.code;
  };
  return { take, acts };
}

test('C15: a request and another officer’s approval hold; one’s own approval, and one of another request, do not', async () => {
  const { take, acts } = start();
  const asked = await sign(OLIVE, ASK);
  const act = nobleSuite.sha256(asked);
  assert.equal(take(10, asked, OLIVE), 'holds');
  assert.equal(take(11, await sign(OSCAR, { kind: 'approve', request: 9, act }), OSCAR), 'approval.missing');
  const other = new Uint8Array(32);
  assert.equal(
    take(12, await sign(OSCAR, { kind: 'approve', request: 10, act: other }), OSCAR),
    'approval.missing',
  );
  const approval = await sign(OSCAR, { kind: 'approve', request: 10, act });
  assert.equal(take(13, approval, OSCAR), 'holds');
  assert.equal(take(14, await sign(OSCAR, { kind: 'approve', request: 10, act }), OSCAR), 'approval.missing');
  assert.equal(acts.follows(nobleSuite.sha256(approval)).ok, true);
  assert.equal(acts.follows(undefined).ok, true);
  assert.equal(acts.follows(other).ok, false);
  const again = await sign(OLIVE, ASK);
  assert.equal(take(15, again, OLIVE), 'holds');
  const own = await sign(OLIVE, { kind: 'approve', request: 15, act: nobleSuite.sha256(again) });
  assert.equal(take(16, own, OLIVE), 'approval.own');
});

test('C12: a hold that says something else than its officer signed is named: its scope, or what custodians are told', async () => {
  const { take, acts } = start();
  const scope = { people: ['alice@acme.test'], conversations: [], organisations: [], words: [] };
  const said = {
    ...{ matter: 'Smith v. Acme', scope: { ...scope, from: null, until: null } },
    ...{ reason: 'claim of 4 May', notice: 'Delete nothing about Mr Smith.' },
  };
  const signed = await sign(OLIVE, { kind: 'hold', ...said });
  const hold = { ...said, actor: 'olive@acme.test', act: nobleSuite.sha256(signed) };
  const verdict = (change: Partial<typeof hold>): string => {
    const followed = acts.followsHold({ ...hold, ...change });
    return followed.ok ? 'holds' : followed.refusal.code;
  };
  assert.equal(verdict({}), 'officer.signature-required');
  assert.equal(take(10, signed, OLIVE), 'holds');
  assert.equal(verdict({}), 'holds');
  assert.equal(verdict({ notice: 'Delete all about Mr Smith.' }), 'signature.invalid');
  const { notice: _notice, ...silent } = hold;
  assert.equal(acts.followsHold(silent).ok, false);
  assert.equal(verdict({ scope: { ...hold.scope, people: [] } }), 'signature.invalid');
  assert.equal(verdict({ actor: 'oscar@acme.test' }), 'signature.invalid');
  const { act: _act, ...unsigned } = hold;
  assert.ok(acts.followsHold(unsigned).ok, 'an operator placed it');
});

test('C2: an act that is there twice, or that nobody signed who could, is named', async () => {
  const { take } = start();
  const asked = await sign(OLIVE, ASK);
  assert.equal(take(10, asked, OLIVE), 'holds');
  assert.equal(take(11, asked, OLIVE), 'act.repeated');
  assert.equal(take(12, await sign(OLIVE, ASK), OSCAR), 'signature.invalid');
  assert.equal(take(13, await sign(OLIVE, ASK, { officer: 'oscar@acme.test' }), OLIVE), 'signature.invalid');
  assert.equal(take(14, await sign(OLIVE, ASK, { domain: 'partner.test' }), OLIVE), 'signature.invalid');
  const member = officer('alice', 3, { roles: ['member'] });
  assert.equal(take(15, await sign(member, ASK), member), 'officer.required');
  const stranger = officer('olive', 4, { rootId: 'another root' });
  assert.equal(take(16, await sign(stranger, ASK), stranger), 'identity.root-mismatch');
  const revoked = { ...OSCAR, then: { ...OSCAR.then, isRevoked: () => true } };
  assert.equal(take(17, await sign(OSCAR, ASK), revoked), 'certificate.revoked');
});

test('C15: an approval that came too late is named, whoever wrote it into the log', async () => {
  const { take } = start();
  const { sha256 } = nobleSuite;
  const [asked, late] = [await sign(OLIVE, ASK), await sign(OLIVE, ASK)];
  assert.equal(take(10, asked, OLIVE, 0), 'holds');
  assert.equal(take(11, late, OLIVE, 1_000), 'holds');
  const inTime = await sign(OSCAR, { kind: 'approve', request: 11, act: sha256(late) });
  const tooLate = await sign(OSCAR, { kind: 'approve', request: 10, act: sha256(asked) });
  const quarter = 15 * 60_000;
  assert.equal(take(12, inTime, OSCAR, 1_000 + quarter), 'holds');
  assert.equal(take(13, tooLate, OSCAR, quarter + 60_001), 'approval.missing');
});

test('C15: an approval brings the very policy that was asked for, and no other', async () => {
  const { take, acts } = start();
  const { sha256 } = nobleSuite;
  const text = 'version: 1\nrules: []\n';
  const asked = await sign(OLIVE, { kind: 'ask', asked: { action: 'policy', text, reason: 'the board' } });
  assert.equal(take(10, asked, OLIVE), 'holds');
  const said = { number: 1, text, actor: 'olive@acme.test', reason: 'the board' };
  assert.deepEqual(acts.brings(sha256(asked), said), accept(1), 'asking is not approving');
  const approval = await sign(OSCAR, { kind: 'approve', request: 10, act: sha256(asked) });
  assert.equal(take(11, approval, OSCAR), 'holds');
  assert.deepEqual(acts.brings(sha256(approval), said), accept(2));
  for (const other of [{ text: `${text}# more\n` }, { actor: 'oscar@acme.test' }, { reason: 'because' }])
    assert.equal(acts.brings(sha256(approval), { ...said, ...other }).ok, false);
});
