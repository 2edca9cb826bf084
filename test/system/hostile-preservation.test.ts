/** A partner's node that has turned, and says of preservation what a well-behaved one never would. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sodiumSigner } from '../../node/crypto/index.ts';
import { signAgreement, signLetter, type Letter } from '../../protocol/statement/index.ts';
import { HostilePartner } from '../support/hostile-partner.ts';
import { TestDevice } from '../support/test-device.ts';
import { startPartners } from '../support/partners.ts';
import type { TestDns, TestNode } from '../support/test-node.ts';

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;
let alice: TestDevice;
let hostile: HostilePartner;
const rejections: unknown[] = [];
const note = (reason: unknown): void => void rejections.push(reason);

before(async () => {
  process.on('unhandledRejection', note);
  ({ dns, acme, partner } = await startPartners());
  alice = await TestDevice.enrol(acme, 'alice@acme.test', 'Alice');
  await alice.create('bob@partner.test');
  hostile = await HostilePartner.greeted(acme, partner);
});

after(async () => {
  await hostile.stop();
  for (const each of [alice, acme, partner]) await each.stop();
  await dns.server.stop();
  process.off('unhandledRejection', note);
});

async function requestOf(change: Partial<Letter<'preservation'>> = {}): Promise<Uint8Array> {
  const request = {
    from: 'partner.test',
    to: 'acme.test',
    time: Date.now(),
    matter: 'Smith v. Acme',
    people: ['alice@acme.test'],
    conversations: [],
    since: null,
    until: null,
    officer: 'petra@partner.test',
    reason: 'a claim',
    number: 1,
    ...change,
  };
  return signLetter('preservation', request, sodiumSigner(partner.made.seeds.statement));
}

/** The code with which it is refused; `taken` where it is not. */
async function hand(what: string, statement: Uint8Array): Promise<string> {
  const answer = await hostile.ask({ type: 'preservation', what, statement });
  if (answer.type === 'refused') return answer.code;
  assert.equal(answer.type, 'preservation');
  return 'taken';
}

test('what is wrong is refused one by one, and the same stream goes on', async () => {
  const { log } = acme.node.organisation.ledger;
  const { size } = log;
  assert.equal(await hand('request', new Uint8Array(8)), 'encoding.malformed');
  assert.equal(
    await hand('request', await requestOf({ people: ['carol@acme.test'] })),
    'preservation.out-of-scope',
  );
  assert.equal(await hand('answer', await requestOf()), 'signature.invalid');
  assert.equal(await hand('withdrawal', await requestOf()), 'signature.invalid');
  const own = sodiumSigner(partner.made.seeds.statement);
  const answer = {
    ...{ from: 'partner.test', to: 'acme.test', time: Date.now(), request: new Uint8Array(32) },
    ...{ officer: 'petra@partner.test', reason: '', outcome: 'accepted' as const },
  };
  assert.equal(
    await hand('answer', await signLetter('preservation-answer', answer, own)),
    'preservation.unknown',
  );
  assert.equal(log.size, size, 'nothing of it was recorded');
  assert.equal(await hand('request', await requestOf()), 'taken');
  assert.deepEqual(rejections, []);
});

test('a partner that signs other terms all the time has no more than twenty an hour recorded', async () => {
  const own = sodiumSigner(partner.made.seeds.statement);
  const since = Math.floor(Date.now() / 1000);
  const codes: string[] = [];
  for (let days = 1; days <= 22; days += 1) {
    const terms = { messageBytes: 65_536, directory: 'none' as const, retentionFloorDays: days };
    const agreed = {
      from: 'partner.test',
      with: 'acme.test',
      root: acme.made.rootId,
      since,
      until: null,
      terms,
    };
    const one = await HostilePartner.connect(acme, partner);
    const hello = await one.ask({ type: 'hello', v: 1, agreement: await signAgreement(agreed, own) });
    codes.push(hello.type === 'refused' ? hello.code : hello.type);
    await one.stop();
  }
  assert.deepEqual(codes, [
    ...Array.from({ length: 20 }, () => 'hello'),
    ...Array.from({ length: 2 }, () => 'limit.exceeded'),
  ]);
  const { partner: shown } = await acme.operations['partner.show']({ domain: 'partner.test' });
  assert.equal(shown.retentionFloor.theirs, 20);
  assert.deepEqual(rejections, []);
});

test('a frame that is too large, or of no known kind, ends the stream and nothing else', async () => {
  for (const frame of [
    { type: 'preservation', what: 'request', statement: new Uint8Array(40_000) },
    { type: 'preservation', what: 'order', statement: new Uint8Array(8) },
  ]) {
    const one = await HostilePartner.greeted(acme, partner);
    const answer = await one.ask(frame);
    assert.equal(answer.type === 'refused' && answer.code, 'encoding.malformed');
    await one.stop();
  }
  const status = await acme.operations.status({});
  assert.deepEqual(status.alarms, []);
  assert.deepEqual(rejections, []);
});
