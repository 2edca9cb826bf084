/** Officers see who looked at what, who held and erased it, who oversees, and when nothing could be recorded: from the log. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fact } from '../../node/ledger/index.ts';
import type { OperationOutput } from '../../node/operations/contract.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { OPERATIONS } from '../../node/operations/contract.ts';

type Asked = Partial<Parameters<TestNode['operations']['audit']>[0]>;
type Act = OperationOutput<'audit'>['acts'][number];

describe('the audit view', () => {
  let dns: TestDns;
  let node: TestNode;
  const took: Record<string, number> = {};

  async function audit(asked: Asked = {}): Promise<OperationOutput<'audit'>> {
    return OPERATIONS.audit.output.parse(
      await node.operations.audit(OPERATIONS.audit.input.parse({ limit: 500, ...asked })),
    );
  }

  const told = (acts: readonly Act[]): string[] =>
    acts.map(({ kind, actor, text }) => `${kind} ${actor}: ${text}`);
  const matching = async (asked: Asked): Promise<string[]> =>
    (await audit(asked)).acts.map(({ sequence }) =>
      String(Object.entries(took).find(([, at]) => at === sequence)?.[0] ?? sequence),
    );

  before(async () => {
    dns = await startDns('acme.test');
    node = await startTestNode(dns, 'acme.test');
    const { operations } = node;
    const { accesses, ledger } = node.node.organisation;
    const size = (): number => ledger.log.size;
    await operations['member.add']({ address: 'alice@acme.test', name: 'Alice', roles: ['member'] });
    for (const name of ['olive', 'oscar']) {
      took[name] = size();
      await operations['member.add']({
        address: `${name}@acme.test`,
        name,
        roles: ['compliance-officer', 'member'],
      });
    }
    const look = { actor: 'olive@acme.test', device: null, purpose: 'a claim', query: '' } as const;
    took['find'] = await accesses.record({ ...look, action: 'find', case: '2026-17', entries: [3, 4] });
    took['open'] = await accesses.record({ ...look, action: 'open', case: '2026-17', entries: [4] });
    took['other'] = await accesses.record({
      ...look,
      actor: 'oscar@acme.test',
      action: 'export',
      case: '2026-18',
      entries: [5],
    });
    const { sequence } = await operations['hold.place']({
      matter: '2026-17',
      people: ['alice@acme.test'],
      organisations: [],
      conversations: [],
      words: [],
      from: null,
      until: null,
      actor: 'olive@acme.test',
      reason: 'a claim',
    });
    took['hold'] = sequence;
    took['demoted'] = size();
    await operations['member.update']({ address: 'oscar@acme.test', roles: ['member'], reason: 'has left' });
    took['absence'] = size();
    await ledger.append([
      fact('absence', {
        from: 1_000,
        until: 100_000,
        lasted: 99_000,
        reason: 'node-down',
        codes: [],
        setBack: 0,
        detail: 'the node was stopped in order',
      }),
    ]);
    const notice = { language: 'en', version: new Uint8Array(32), text: 'recorded', device: 'x' };
    await ledger.append([fact('recording-notice', { ...notice, person: 'alice@acme.test' })]);
  });

  after(async () => {
    await node.stop();
    await dns.server.stop();
  });

  it('C14: shows each act once, newest first, with who acted and in which case, and no act of daily work', async () => {
    const { acts, acknowledgements, next } = await audit();
    const kinds = acts.map(({ kind }) => kind);
    assert.deepEqual(
      kinds.filter((kind) => kind !== 'administration'),
      ['absence', 'member', 'hold', 'access', 'access', 'access', 'member', 'member'],
    );
    assert.deepEqual([acknowledgements, next], [1, null]);
    const lines = told(acts).join('\n');
    assert.match(
      lines,
      /^access olive@acme\.test: olive@acme\.test listed 2 entries: a claim, case 2026-17$/m,
    );
    assert.match(lines, /^hold olive@acme\.test: olive@acme\.test placed a hold for 2026-17$/m);
    assert.match(lines, /^absence node: nothing could be recorded from /m);
    assert.match(lines, /^member operator: .*oscar@acme\.test> \(member\) is active: has left$/m);
    assert.ok(!lines.includes('alice@acme.test>'), 'who oversees nobody is no part of it');
    const sequences = acts.map(({ sequence }) => sequence);
    assert.deepEqual(
      sequences,
      [...sequences].sort((a, b) => b - a),
    );
  });

  it('C10: is asked by who acted, for which case, about which entry, of which kind and when', async () => {
    assert.deepEqual(await matching({ by: 'olive@acme.test' }), ['hold', 'open', 'find']);
    assert.deepEqual(await matching({ case: '2026-17' }), ['hold', 'open', 'find']);
    assert.deepEqual(await matching({ entry: 4 }), ['open', 'find']);
    assert.deepEqual(await matching({ kind: 'absence' }), ['absence']);
    assert.deepEqual(await matching({ by: 'oscar@acme.test', case: '2026-17' }), []);
    const at = new Date(node.node.organisation.log.entry(took['hold']!)!.time).toISOString();
    const since = await matching({ since: at, kind: 'access' });
    const until = await matching({ until: at, kind: 'hold' });
    assert.deepEqual([since.includes('find') && since.length < 3, until], [false, ['hold']]);
    assert.deepEqual(await matching({ since: '2999-01-01T00:00:00.000Z' }), []);
    await assert.rejects(audit({ kind: 'message' }), { code: 'request.invalid' });
  });

  it('is paged without a gap or an act twice', async () => {
    const whole = (await audit()).acts;
    const paged: Act[] = [];
    let before: number | undefined;
    for (;;) {
      const page = await audit({ limit: 2, ...(before === undefined ? {} : { before }) });
      paged.push(...page.acts);
      if (page.next === null) break;
      before = page.next;
    }
    assert.deepEqual(paged, whole);
  });
});
