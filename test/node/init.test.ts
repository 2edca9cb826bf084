/** A new organisation's home, as `chancery init` makes it: rules for messages to begin with, which nobody but a person brings into force. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { sodiumSuite } from '../../node/crypto/index.ts';
import { homeLayout, type HomeLayout } from '../../node/home/index.ts';
import { initHome } from '../../node/init.ts';
import { compilePolicyFile } from '../../node/policy/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { temporaryHome } from '../support/temporary-home.ts';

async function init(home: HomeLayout): Promise<string | null> {
  const made = await initHome({
    ...{ home, domain: 'acme.test', invitation: null, listen: [], announce: [], dnsServers: [], anchors: [] },
    ...{ offlineRoot: null, passphrase: null },
  });
  return made.policy;
}

test('it has the default policy with a seed of its own, and its schema beside it', async (t) => {
  const seeds: string[] = [];
  for (const name of ['one', 'two']) {
    const home = homeLayout(join((await temporaryHome(t, name)).directory, 'home'));
    assert.equal(await init(home), home.policy);
    const text = await readFile(home.policy, 'utf8');
    const { policy, warnings } = valueOf(compilePolicyFile(text, home.policy, sodiumSuite.sha256));
    assert.ok(policy.document.rules.length > 10);
    assert.deepEqual(warnings, []);
    seeds.push(policy.document.seed ?? '');
    const [, schema = ''] = /\$schema=(\S+)/.exec(text) ?? [];
    assert.ok(existsSync(join(home.directory, schema)), schema);
    assert.equal((await stat(home.policy)).mode & 0o777, 0o600, 'its seed is nobody else’s');
    assert.ok(!existsSync(home.archive), 'nothing is in force: there is no archive yet');
  }
  assert.match(seeds[0] ?? '', /^[0-9a-f]{32}$/);
  assert.notEqual(seeds[0], seeds[1]);
});

test('a policy that is there already stays as it is', async (t) => {
  const home = homeLayout(join((await temporaryHome(t)).directory, 'home'));
  await mkdir(home.directory, { mode: 0o700 });
  await writeFile(home.policy, 'version: 1\nrules: []\n');
  assert.equal(await init(home), home.policy);
  assert.equal(await readFile(home.policy, 'utf8'), 'version: 1\nrules: []\n');
});
