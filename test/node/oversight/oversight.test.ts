/** Approvals against a clock that a test moves, and disposal that waits for one. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { fact, OfficerActs } from '../../../node/ledger/index.ts';
import { Oversight, Permission, PolicyInForce, type FourEyes } from '../../../node/oversight/index.ts';
import { PolicyDesk, PolicyKeeper } from '../../../node/policy/index.ts';
import { nobleSigner, nobleSuite, type Signer } from '../../../protocol/crypto/index.ts';
import { peerIdOf } from '../../../protocol/certificate/index.ts';
import { runsOf, signAct, type Deed } from '../../../protocol/oversight/index.ts';
import { policyOf, RetainingWorld } from '../../support/retaining.ts';

const MINUTE = 60_000;
const GROUNDS = { purpose: 'complaint of 4 May', case: '' };

interface Officer {
  readonly signer: Signer;
  readonly address: string;
  readonly device: Parameters<Permission['check']>[1];
}

function officer(name: string, seed: number): Officer {
  const signer = nobleSigner(new Uint8Array(32).fill(seed));
  const address = `${name}@acme.test`;
  const device = { address, peer: peerIdOf(signer.publicKey) } as Officer['device'];
  return { signer, address, device };
}

const OLIVE = officer('olive', 1);
const OSCAR = officer('oscar', 2);

class Desk {
  readonly world: RetainingWorld;
  readonly oversight: Oversight;
  readonly permission: Permission;
  #nonce = 0;

  constructor(world: RetainingWorld, fourEyes: readonly FourEyes[]) {
    const { ledger, members, retaining } = world;
    const policy = new PolicyInForce(ledger, { fourEyes, signed: true, retention: policyOf(0, 1) });
    const acts = new OfficerActs(ledger);
    const { sha256 } = nobleSuite;
    this.world = world;
    this.oversight = new Oversight({
      domain: 'acme.test',
      ledger,
      members,
      acts,
      retaining,
      policy,
      policies: new PolicyDesk({ ledger, policies: new PolicyKeeper(ledger, sha256), sha256 }),
      suite: nobleSuite,
    });
    const isUnderFourEyes = (action: FourEyes): boolean => this.oversight.isUnderFourEyes(action);
    this.permission = new Permission({ ledger, members, acts, isUnderFourEyes });
  }

  static async open(t: TestContext, ...fourEyes: FourEyes[]): Promise<Desk> {
    const world = await RetainingWorld.start(t, policyOf(0, 1));
    for (const { address } of [OLIVE, OSCAR]) await world.member(address, ['member', 'compliance-officer']);
    return new Desk(world, fourEyes);
  }

  async act({ signer, address, device }: Officer, deed: Deed): Promise<number | string> {
    this.#nonce += 1;
    const nonce = new Uint8Array(16).fill(this.#nonce);
    const act = {
      domain: 'acme.test',
      officer: address,
      device: device.peer,
      time: this.world.now,
      nonce,
      deed,
    };
    const chain = [new Uint8Array(), new Uint8Array(), new Uint8Array()];
    const acted = await this.oversight.act(await signAct(act, signer), {
      device,
      publicKey: signer.publicKey,
      chain,
    });
    return acted.ok ? acted.value.entry : acted.refusal.code;
  }

  async ask(entries: readonly number[]): Promise<number> {
    const asked = { action: 'open', ...GROUNDS, query: '', entries: runsOf(entries) } as const;
    return this.asked(await this.act(OLIVE, { kind: 'ask', asked }));
  }

  asked(entry: number | string): number {
    assert.equal(typeof entry, 'number', String(entry));
    return Number(entry);
  }

  approve(request: number): Promise<number | string> {
    const { act } = this.world.ledger.record('officer-act', request) ?? { act: new Uint8Array() };
    return this.act(OSCAR, { kind: 'approve', request, act: nobleSuite.sha256(act) });
  }

  check(sequences: readonly number[], approval: number): string {
    const checked = this.permission.check(
      { action: 'open', grounds: GROUNDS, sequences, approval },
      OLIVE.device,
    );
    return checked.ok ? 'allowed' : checked.refusal.code;
  }
}

test('C15: an approval is given within a quarter of an hour, and used within one', async (t) => {
  const desk = await Desk.open(t, 'open');
  const { world } = desk;
  const late = await desk.ask([0]);
  await world.live(15 * MINUTE + 1);
  assert.equal(await desk.approve(late), 'approval.expired');
  const request = await desk.ask([0, 1]);
  await world.live(15 * MINUTE);
  assert.equal(await desk.approve(request), request);
  await world.live(15 * MINUTE);
  assert.equal(desk.check([0, 1], request), 'allowed');
  assert.equal(desk.check([0, 2], request), 'approval.other');
  await world.live(1);
  assert.equal(desk.check([0, 1], request), 'approval.expired');
});

test('C15: who approved must be an officer still', async (t) => {
  const desk = await Desk.open(t, 'open');
  const request = await desk.ask([0]);
  assert.equal(await desk.approve(request), request);
  assert.equal(desk.check([0], request), 'allowed');
  const change = { actor: 'test', reason: '', at: desk.world.now };
  await desk.world.members.update(OSCAR.address, { roles: ['member'] }, change, []);
  assert.equal(desk.check([0], request), 'approval.missing');
});

test('C15: what had to go waits for two officers where policy says so, and goes up to the time that they approved', async (t) => {
  const world = await RetainingWorld.start(t, policyOf(0, 1));
  const acts = (): OfficerActs => new OfficerActs(world.ledger);
  world.mayGoUntil = () => acts().approvedDisposal;
  for (const { address } of [OLIVE, OSCAR]) await world.member(address, ['member', 'compliance-officer']);
  const conversation = await world.create(['alice@acme.test', 'bob@acme.test']);
  const { sequence } = await world.say(conversation, 'the plover egg');
  for (let day = 0; day < 3; day += 1) {
    await world.live(24 * 60 * MINUTE);
    await world.ledger.append([fact('administration', { actor: 'x', action: 'day', detail: '' })]);
  }
  assert.equal((await world.retaining.retention.look()).disposed, 0);
  const desk = new Desk(world, ['disposal']);
  const until = world.now - 24 * 60 * MINUTE;
  const asked = { action: 'disposal', until, reason: 'quarterly' } as const;
  const request = desk.asked(await desk.act(OLIVE, { kind: 'ask', asked }));
  assert.equal((await world.retaining.retention.look()).disposed, 0);
  assert.equal(await desk.approve(request), request);
  assert.equal(world.ledger.isDisposed(sequence), true);
});
