/** `chancery gaps` as an operator and a monitoring system read it: the table, the exit code, and that there are none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperationOutput } from '../../../node/operations/contract.ts';
import { fakeGaps } from '../../support/fake-gaps.ts';
import { serveFake, testCli } from '../../support/test-cli.ts';

type Gaps = OperationOutput<'gaps'>;

async function gapsSaid(severity: Gaps['gaps'][number]['severity']): Promise<Gaps> {
  const { gaps, looked } = await fakeGaps().gaps({ severity: 'info' });
  return { gaps: gaps.map((gap) => ({ ...gap, severity })), looked };
}

test('each gap is told with its severity, since when, who is affected, and the command that mends it', async (t) => {
  const cli = await testCli(t);
  await serveFake(t, cli);
  const { code, out } = await cli.run('gaps');
  assert.equal(code, 0, 'a warning is no failure');
  assert.match(
    out,
    /^SEVERITY +SINCE +GAP +AFFECTED\nwarning +2026-\S+ \S+ UTC +member-without-device +alice@acme\.test\n/,
  );
  assert.match(
    out,
    /\n {2}alice@acme\.test has no device in force\n {2}mend: chancery member invite alice@acme\.test\n/,
  );
});

test('it ends with 1 if a gap is critical, with JSON as well', async (t) => {
  const cli = await testCli(t);
  await serveFake(t, cli, { gaps: () => gapsSaid('critical') });
  const { code, err } = await cli.run('gaps');
  assert.equal(code, 1);
  assert.match(err, /1 gap is critical; mend what is named above \[gaps\.critical\]/);
  const { code: also, out } = await cli.run('gaps', '--json');
  assert.equal(also, 1);
  assert.equal((JSON.parse(out) as Gaps).gaps[0]?.severity, 'critical');
});

test('where there are none it says so, and of which severity', async (t) => {
  const cli = await testCli(t);
  await serveFake(t, cli, { gaps: () => Promise.resolve({ gaps: [], looked: '2026-05-04T03:02:01Z' }) });
  assert.match((await cli.run('gaps')).out, /^no gaps: every control that was looked at works, 2026-05-04/);
  assert.match((await cli.run('gaps', '--severity', 'critical')).out, /^no gaps that are critical or worse/);
  assert.equal((await cli.run('gaps', '--severity', 'bad')).code, 2);
});

test('many who are affected are counted, not listed', async (t) => {
  const cli = await testCli(t);
  const { gaps, looked } = await gapsSaid('warning');
  const affected = ['a', 'b', 'c', 'd'];
  const many = { gaps: gaps.map((gap) => ({ ...gap, affected, affectedCount: 40 })), looked };
  await serveFake(t, cli, { gaps: () => Promise.resolve(many) });
  assert.match((await cli.run('gaps')).out, /a, b, c and 37 more\n/);
});

test('a rule that a canary got past ends with 1, and is named', async (t) => {
  const cli = await testCli(t);
  await serveFake(t, cli, {
    'gaps.canary': () =>
      Promise.resolve({
        policy: 3,
        results: [
          { rule: 'cards', outcome: 'bit', detail: 'on the way out, payment-card' },
          { rule: 'mails', outcome: 'missed', detail: 'on the way out, email' },
        ],
      }),
  });
  const { code, out, err } = await cli.run('gaps', 'canary');
  assert.equal(code, 1);
  assert.match(out, /mails +did not bite +on the way out, email/);
  assert.match(err, /1 rule did not bite/);
});
