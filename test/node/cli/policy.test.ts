/** `chancery policy` as it is used: what it says, what it asks, and how it ends. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { policyJsonSchema, readProfile } from '../../../node/policy/index.ts';
import { fakeOperations } from '../../support/fake-operations.ts';
import { serveFake, testCli, type TestCli } from '../../support/test-cli.ts';

const WARNS =
  'version: 1\nrules:\n  - { id: one, reason: R., when: { direction: out }, then: flag, on: false }\n';

async function fileIn({ home }: TestCli, text: string): Promise<string> {
  const file = join(home.directory, 'policy.yaml');
  await writeFile(file, text);
  return file;
}

test('a file is checked without a node: counts and warnings, or its first fault by line and column', async (t) => {
  const cli = await testCli(t);
  const file = await fileIn(cli, WARNS);
  const good = await cli.run('policy', 'check', file);
  assert.deepEqual([good.code, good.err], [0, '']);
  assert.match(good.out, /policy\.yaml is valid: 1 rule \(1 flag\), 1 off; 0 groups/);
  assert.match(good.out, /policy\.yaml:3:66 rule one is off/);
  await fileIn(cli, WARNS.replace('flag', 'shout'));
  const bad = await cli.run('policy', 'check', file);
  assert.deepEqual([bad.code, bad.out], [1, '']);
  assert.match(
    bad.err,
    /^chancery: .*policy\.yaml:3:\d+ rules\.0\.then is not one of .* \[policy\.invalid\]\n$/,
  );
  const missing = await cli.run('policy', 'check', join(cli.home.directory, 'none.yaml'));
  assert.match(missing.err, /there is no file .* \[request\.invalid\]\n$/);
  assert.equal((await cli.run('policy', 'check')).code, 2);
});

test('a policy to begin with is written beside its schema, and nothing is overwritten', async (t) => {
  const cli = await testCli(t);
  const to = cli.home.directory;
  assert.match((await cli.run('policy', 'profiles')).out, /^finance +banks/m);
  const shown = await cli.run('policy', 'profiles', 'health');
  assert.equal(shown.out, await readProfile('health'));
  const written = await cli.run('policy', 'profiles', 'health', '--to', to);
  assert.equal(written.code, 0);
  assert.equal(await readFile(join(to, 'policy.yaml'), 'utf8'), await readProfile('health'));
  assert.equal(await readFile(join(to, 'policy.schema.json'), 'utf8'), policyJsonSchema());
  const again = await cli.run('policy', 'profiles', 'finance', '--to', to);
  assert.match(again.err, /is there already; .*\[request\.invalid\]\n$/);
  assert.match((await cli.run('policy', 'profiles', 'bank')).err, /no profile bank; take one of default, /);
});

test('what is applied was shown as a plan and agreed to, and is bound to what it was compared with', async (t) => {
  const asked: string[] = [];
  let answer = false;
  const confirm = (question: string): Promise<boolean> => {
    asked.push(question);
    return Promise.resolve(answer);
  };
  const cli = await testCli(t, { io: { isTerminal: true, confirm } });
  const applied: unknown[] = [];
  await serveFake(t, cli, {
    'policy.apply': (input) => {
      applied.push([input.replaces, input.actor, input.reason]);
      return fakeOperations()['policy.apply'](input);
    },
  });
  const file = await fileIn(cli, WARNS);
  const line = ['policy', 'apply', file, '--by', 'olive@acme.test', '--reason', 'decided'];
  const refused = await cli.run(...line);
  assert.match(refused.out, /changed rule no-cards blocks what 2 members write/);
  assert.match(refused.err, /nothing was changed/);
  assert.deepEqual(applied, []);
  answer = true;
  assert.match((await cli.run(...line)).out, /policy 3 is in force, entry 41\n$/);
  assert.deepEqual(applied, [[2, 'olive@acme.test', 'decided']]);
  assert.equal(asked.length, 2);
});

test('where nobody can be asked nothing is applied without --yes', async (t) => {
  const cli = await testCli(t);
  await serveFake(t, cli);
  const line = ['policy', 'apply', await fileIn(cli, WARNS), '--by', 'operator', '--reason', 'r', '--json'];
  const { code, err } = await cli.run(...line);
  assert.equal(code, 2);
  assert.match(err, /--yes/);
});

test('a simulation tells how far it is, goes on to its end, and counts what it could not look at', async (t) => {
  const cli = await testCli(t);
  await serveFake(t, cli);
  const line = ['policy', 'simulate', await fileIn(cli, WARNS), '--by', 'olive@acme.test', '--purpose', 'p'];
  const { code, out, err } = await cli.run(...line);
  assert.equal(code, 0);
  assert.equal(err, '50 of 100 entries looked at, 20 messages tried\n');
  assert.match(out, /^cannot be opened +2 sealed, 1 disposed of, 0 damaged$/m);
  assert.match(out, /^without its file +4 messages, /m);
  assert.match(out, /^blocked then +3, /m);
  assert.match(out, /^no-cards +block +0 +5$/m);
  assert.match(out, /^17 +allow +block +no-cards$/m);
  assert.match(out, /^and 4 more$/m);
});

test('files and numbers are compared as they are named', async (t) => {
  const cli = await testCli(t);
  const seen: unknown[] = [];
  await serveFake(t, cli, {
    'policy.diff': ({ before, after, text }) => {
      seen.push([before, after, text?.length]);
      return fakeOperations()['policy.diff']({ name: '' });
    },
  });
  const file = await fileIn(cli, WARNS);
  for (const named of [[file], ['2'], ['2', '3'], ['2', file]])
    assert.equal((await cli.run('policy', 'diff', ...named)).code, 0);
  assert.deepEqual(seen, [
    [undefined, undefined, WARNS.length],
    [2, undefined, undefined],
    [2, 3, undefined],
    [2, undefined, WARNS.length],
  ]);
  for (const named of [[], [file, '2']]) assert.equal((await cli.run('policy', 'diff', ...named)).code, 2);
});
