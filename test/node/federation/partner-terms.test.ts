/** What partners sign with us is recorded where it says something new of retention, and an older word replaces no newer one. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import { PartnerTerms } from '../../../node/federation/index.ts';
import { Partners } from '../../../node/ledger/index.ts';
import type { Peer } from '../../../node/network/index.ts';
import { scheduleOf, USUAL_POLICY } from '../../../node/retention/policy.ts';
import type { Conversation } from '../../../protocol/conversation/index.ts';
import { MAX_RETENTION_FLOOR_DAYS, signAgreement } from '../../../protocol/statement/index.ts';
import { openLedger } from '../../support/ledger.ts';
import { makeKey } from '../../support/organisation.ts';

const NOW = Date.UTC(2026, 5, 1);
const SINCE = NOW / 1000 - 1_000;
const theirs = makeKey('the statement key of a partner');
const PEER = {
  identity: {
    domain: 'partner.test',
    statement: { publicKey: theirs.publicKey },
    bundle: { statement: new Uint8Array(1), chain: [1, 2, 3].map((one) => Uint8Array.of(one)) },
  },
} as unknown as Pick<Peer, 'identity'>;

interface World {
  readonly partners: Partners;
  /** Agrees for our side. */
  readonly agree: (days: number | null) => Promise<void>;
  /** Shows what the partner signed, and how many entries that made. */
  readonly show: (days: number | null, since?: number) => Promise<number>;
}

function signed(from: string, days: number | null, since: number): Promise<Uint8Array> {
  const retention = days === null ? {} : { retentionFloorDays: days };
  const terms = { messageBytes: 65_536, directory: 'none' as const, ...retention };
  const us = from === 'partner.test' ? 'acme.test' : 'partner.test';
  return signAgreement({ from, with: us, root: 'root', since, until: null, terms }, theirs.signer);
}

async function open(t: TestContext): Promise<World> {
  const ledger = await openLedger(t);
  const partners = new Partners(ledger, sodiumSuite.sha256);
  const terms = new PartnerTerms({
    domain: 'acme.test',
    rootIds: () => ['root'],
    partners,
    suite: sodiumSuite,
    clock: () => NOW,
  });
  const organisation = {
    domain: 'partner.test',
    rootId: 'root',
    sequence: 1,
    formerRoots: [],
    level: 'dnssec' as const,
    proof: null,
    proofUntil: null,
    root: null,
    since: NOW,
  };
  return {
    partners,
    async agree(days) {
      const statement = await signed('acme.test', days, SINCE);
      const state = { domain: 'partner.test', state: 'active', rootId: 'root', pinned: false } as const;
      await partners.agree({ ...state, statement, addresses: [], since: NOW }, { organisation, proof: null });
    },
    async show(days, since = SINCE) {
      const { size } = ledger.log;
      await terms.take(await signed('partner.test', days, since), PEER);
      return ledger.log.size - size;
    },
  };
}

test('C7: a partner’s floor is recorded when it is another than is known, and of two statements the later one counts', async (t) => {
  const { partners, agree, show } = await open(t);
  assert.equal(await show(100), 0, 'there is no agreement of ours');
  await agree(50);
  assert.equal(await show(null), 0, 'it says nothing of retention');
  assert.equal(await show(100), 1);
  assert.equal(await show(100), 0, 'it is known');
  assert.deepEqual(partners.floors('partner.test'), { ours: 50, theirs: 100, days: 100 });
  assert.equal(await show(30, SINCE - 10), 0, 'an older one replaces nothing');
  assert.equal(await show(30), 0, 'nor does a smaller one of the same second');
  assert.equal(await show(30, SINCE + 10), 1);
  assert.deepEqual(partners.floors('partner.test'), { ours: 50, theirs: 30, days: 50 });
  assert.equal(await show(null, SINCE + 20), 1);
  assert.deepEqual(partners.floors('partner.test'), { ours: 50, theirs: null, days: 50 });
});

test('C7: another agreement of ours keeps what the partner signed; one that is ended has no floors', async (t) => {
  const { partners, agree, show } = await open(t);
  await agree(null);
  await show(100);
  const before = partners.agreement('partner.test')!.statement;
  await partners.amend('partner.test', before, await signed('acme.test', 300, SINCE + 1));
  assert.deepEqual(partners.floors('partner.test'), { ours: 300, theirs: 100, days: 300 });
  await partners.withdraw('partner.test');
  assert.equal(partners.floors('partner.test').days, 0);
});

test('a floor beyond the longest that can be asked for is no agreement', async (t) => {
  const { agree, show } = await open(t);
  await agree(null);
  assert.equal(await show(MAX_RETENTION_FLOOR_DAYS), 1);
  await assert.rejects(show(MAX_RETENTION_FLOOR_DAYS + 1, SINCE + 1), { code: 'encoding.malformed' });
});

test('C7: a message keeps the largest floor of its partners, and never less than its schedule says', () => {
  const [usual] = USUAL_POLICY.schedules;
  const policy = { ...USUAL_POLICY, schedules: [{ ...usual!, floorDays: 40 }] };
  const agreed: Record<string, number> = { 'a.test': 30, 'b.test': 300, 'c.test': 100 };
  const schedule = scheduleOf(
    policy,
    () => [],
    (domain) => agreed[domain] ?? 0,
  );
  const daysWith = (...partners: string[]): number =>
    schedule({ conversation: {} as Conversation, content: 'text', partners }).floorDays;
  assert.deepEqual(
    [daysWith(), daysWith('a.test'), daysWith('a.test', 'b.test', 'c.test'), daysWith('d.test')],
    [40, 40, 300, 40],
  );
});
