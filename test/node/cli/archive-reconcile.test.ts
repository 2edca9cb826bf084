import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OperationOutput, Operations } from '../../../node/operations/contract.ts';
import { fakeOperations } from '../../support/fake-operations.ts';
import { serveFake, testCli } from '../../support/test-cli.ts';

type Outcome = NonNullable<OperationOutput<'archive.reconcile'>['outcome']>;

async function outcomeOf(change: Partial<Outcome>): Promise<Outcome> {
  const done = await fakeOperations()['archive.reconcile']({ partner: 'partner.test', late: 300, run: '1' });
  return { ...done.outcome!, ...change };
}

const MISSING: Outcome['findings'][number] = {
  state: 'missing-there',
  message: 'ab',
  direction: 'sent',
  conversation: 'cd',
  sender: 'alice@acme.test',
  here: { sequence: 7, time: '2026-05-04T03:02:01Z' },
  there: { sequence: 9, time: null },
  reason: 'its receipt says that it is archived there, and its log does not show it',
};

describe('chancery archive reconcile', () => {
  it('goes on to the end, tells how far it is, and ends with 0 where both agree', async (t) => {
    const asked: unknown[] = [];
    const cli = await testCli(t);
    await serveFake(t, cli, {
      'archive.reconcile': (input) => {
        asked.push(input);
        return fakeOperations()['archive.reconcile'](input);
      },
    });
    const said = await cli.run(
      'archive',
      'reconcile',
      'partner.test',
      '--since',
      '2026-05-01',
      '--late',
      '60',
    );
    assert.equal(said.code, 0);
    assert.equal(said.err, '40 messages compared; at entry 41 of 42 of partner.test’s archive\n');
    assert.match(said.out, /^its archive +42 entries, goes on from what it was$/m);
    assert.match(said.out, /^found +1 in-flight$/m);
    assert.match(said.out, /^result +both agree$/m);
    assert.match(
      said.out,
      /^in-flight +aa +alice@acme\.test +sent +cc +#42 2026.* UTC +none +it is on its way/m,
    );
    const input = { partner: 'partner.test', since: '2026-05-01T00:00:00.000Z', late: 60 };
    assert.deepEqual(asked, [input, { ...input, run: '1' }]);
  });

  it('names what is wrong, and ends with 1', async (t) => {
    const outcome = await outcomeOf({
      agrees: false,
      complete: false,
      theirs: { size: 42, root: 'ab12', state: 'unproven' },
      counts: { ...(await outcomeOf({})).counts, 'missing-there': 1_500 },
      findings: [MISSING, { ...MISSING, message: null, conversation: null, sender: null, here: null }],
    });
    const answer: Operations['archive.reconcile'] = () =>
      Promise.resolve({ run: null, compared: 1, phase: 'done', at: 1, of: 1, outcome });
    const cli = await testCli(t);
    await serveFake(t, cli, { 'archive.reconcile': answer });
    const said = await cli.run('archive', 'reconcile', 'partner.test');
    assert.equal(said.code, 1);
    assert.match(
      said.out,
      /^missing-there +ab +alice@acme\.test +sent +cd +#7 2026.* UTC +#9 +its receipt says/m,
    );
    assert.match(said.out, /^missing-there +not known +not known/m);
    assert.match(said.out, /does not go on from what it signed before/);
    assert.match(said.out, /not everything was compared/);
    assert.match(said.out, /^and 1499 more; narrow it/m);
    assert.match(
      said.err,
      /^chancery: the archive and that of partner\.test do not agree.*\[archive\.unreconciled\]\n$/,
    );
    const json = await cli.run('archive', 'reconcile', 'partner.test', '--json');
    assert.equal(json.code, 1);
    assert.deepEqual(JSON.parse(json.out), outcome);
    assert.equal((JSON.parse(json.err) as { error: { code: string } }).error.code, 'archive.unreconciled');
  });

  it('refuses what it cannot read as wrong usage', async (t) => {
    const { run } = await testCli(t);
    for (const args of [[], ['partner.test', '--late', 'soon'], ['partner.test', '--since', 'yesterday']])
      assert.equal((await run('archive', 'reconcile', ...args)).code, 2);
  });
});
