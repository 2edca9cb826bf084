/** The history of an organisation's keys as operators see it, our own and a partner's, over a rotation of the root. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { OperationOutput } from '../../node/operations/contract.ts';
import { startPartners } from '../support/partners.ts';
import type { TestDns, TestNode } from '../support/test-node.ts';
import { until } from '../support/until.ts';

type History = OperationOutput<'identity.history'>;

let dns: TestDns;
let acme: TestNode;
let partner: TestNode;

before(async () => {
  ({ dns, acme, partner } = await startPartners());
  const prepared = await acme.operations['identity.rotate-root']({ step: 'prepare' });
  publish(prepared.records);
  await acme.operations['identity.rotate-issuer']({ cause: 'superseded' });
  publish((await acme.operations['identity.rotate-root']({ step: 'complete' })).records);
  const { rootId } = acme.node.organisation.standing;
  await until('the partner to know the new root', () => {
    return partner.node.organisation.partners.agreement('acme.test')?.rootId === rootId;
  });
});

after(async () => {
  for (const each of [acme, partner]) await each.stop();
  await dns.server.stop();
});

function publish(records: readonly { readonly name: string; readonly value: string }[]): void {
  dns.tree.setTxt(
    records[0]?.name ?? '',
    records.map(({ value }) => value),
  );
}

function historyOf(node: TestNode, domain: string, change: { after?: number; limit?: number } = {}) {
  return node.operations['identity.history']({ domain, limit: 50, ...change });
}

/** The roots in their order, each once. */
function rootsOf({ changes }: History): string[] {
  return [...new Set(changes.map(({ rootId }) => rootId))];
}

test('our own history has each root, issuer and statement certificate, what changed it, and which proof names the root', async () => {
  const history = await historyOf(acme, 'acme.test');
  const own = history.changes.filter(({ change }) => change !== 'verified');
  assert.deepEqual(
    own.map(({ change, rootSequence }) => [change, rootSequence]),
    [
      ['created', 1],
      ['root-prepared', 1],
      ['issuer-rotated', 1],
      ['root-rotated', 2],
    ],
  );
  assert.deepEqual(rootsOf(history), [acme.made.rootId, acme.node.organisation.standing.rootId]);
  assert.deepEqual(
    own.map(({ certificates }) => certificates.map(({ kind }) => kind)),
    [
      ['root', 'issuer', 'statement'],
      ['root', 'issuer', 'statement', 'next-root'],
      ['root', 'issuer', 'statement', 'next-root'],
      ['root', 'issuer', 'statement'],
    ],
  );
  const serials = new Set(own.map(({ certificates }) => certificates[1]?.serial));
  assert.equal(serials.size, 3, 'an issuer, another one, and that one under the new root');
  own.forEach(({ until: end }, index) => assert.equal(end, own[index + 1]?.time ?? null));
  const verified = history.changes.filter(({ change }) => change === 'verified');
  assert.ok(verified.length >= 1);
  for (const { level, proof } of verified) {
    assert.deepEqual([level, proof?.zones, proof?.fault], ['dnssec', ['.', 'test', 'acme.test'], null]);
  }
});

test('a partner’s history has each root with its level, time and proof, and the rosters seen under it', async () => {
  const history = await historyOf(partner, 'acme.test');
  assert.deepEqual(rootsOf(history), [acme.made.rootId, acme.node.organisation.standing.rootId]);
  assert.equal(history.changes.at(-1)?.until, null);
  assert.equal(new Set(history.changes.map(({ proof }) => proof?.hash)).size >= 2, true);
  for (const { change, level, proof, time, rootSequence } of history.changes) {
    assert.deepEqual([change, level, proof?.fault], ['verified', 'dnssec', null]);
    assert.ok(proof?.window && proof.window.from <= time && time <= proof.window.until);
    assert.ok(rootSequence === 1 || rootSequence === 2);
  }
  assert.ok(history.changes.some(({ rosters }) => rosters !== null));
});

test('a long history comes in pages, without a gap and without anything twice', async () => {
  const whole = await historyOf(acme, 'acme.test');
  const paged: History['changes'] = [];
  for (let next: number | null = -1; next !== null;) {
    const page: History = await historyOf(acme, 'acme.test', {
      limit: 2,
      ...(next < 0 ? {} : { after: next }),
    });
    assert.ok(page.changes.length <= 2);
    paged.push(...page.changes);
    next = page.next;
  }
  assert.deepEqual(paged, whole.changes);
});

test('a domain that was never seen has no history, and that is said', async () => {
  await assert.rejects(historyOf(acme, 'nobody.test'), { code: 'partner.unknown' });
});
