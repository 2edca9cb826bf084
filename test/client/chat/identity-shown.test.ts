/** What the terminal client shows of who people are: changes of it, contacts, and a device that waits to be one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromCarol, objects, run, start } from '../../support/chat-run.ts';
import { ALICE, CAROL, makeWorld } from '../../support/client-world.ts';
import { FakeTerminal } from '../../support/fake-terminal.ts';

test('what changed of who somebody is is shown among the messages, read on, and kept on the device', async () => {
  const world = await makeWorld();
  await fromCarol(world, 'hello');
  const about = {
    person: { address: CAROL, name: 'Carola Globex' },
    domain: 'globex.test',
    level: 'dnssec',
    since: 86_400_000,
  } as const;
  world.node.announce({ what: 'device', severity: 'information', ...about, before: '', after: 'AAAA-BBBB' });
  world.node.announce({
    what: 'name',
    severity: 'warning',
    ...about,
    before: 'Carol\u001b[2J',
    after: 'Carola Globex',
  });
  const organisation = { ...about, person: null, severity: 'alarm' } as const;
  world.node.announce({ what: 'root', ...organisation, before: 'old', after: 'new' });
  const read = objects((await run(world, 'read', '--json')).out).filter(({ type }) => type === 'identity');
  assert.deepEqual(
    read.map(({ what, severity, domain, level, since, external }) => [
      what,
      severity,
      domain,
      level,
      since,
      external,
    ]),
    ['device', 'name', 'root'].map((what, at) => [
      what,
      ['information', 'warning', 'alarm'][at],
      'globex.test',
      'dnssec',
      86_400_000,
      true,
    ]),
  );
  const { out } = await run(world, 'history', CAROL);
  const who = /Carola Globex <carol@globex\.test> \(external, verified through DNSSEC since 1970-01-02\)/
    .source;
  assert.match(out, new RegExp(`ℹ ${who} has a new device, key AAAA-BBBB`));
  assert.match(out, new RegExp(`⚠ ${who} has another name; before: Carol\\\\u\\{1b\\}`));
  assert.match(out, /‼ globex\.test \(external.*shows ANOTHER ROOT: new, not old; ask your operator/);
  world.node.reachable = false;
  await using client = await world.open();
  const { id } = (await client.conversations())[0]!;
  assert.deepEqual(
    (await client.history(id)).news.map(({ what }) => what),
    ['device', 'name', 'root'],
  );
});

test('contacts are searched, and a partner’s directory comes with its age', async () => {
  const world = await makeWorld();
  world.node.people = [...world.node.signers.values()].map(({ person }) => person);
  const at = Date.UTC(2026, 4, 4, 12);
  const base = { level: 'dnssec', since: 86_400_000 } as const;
  world.node.partners = [
    { domain: 'globex.test', ...base, directory: { shared: 'names', at } },
    { domain: 'initech.test', ...base, directory: null },
  ];
  const { out } = await run(world, 'contacts', '--search', 'carol');
  assert.match(
    out,
    /^globex\.test \(external, verified through DNSSEC since 1970-01-02\) partner, directory as of 2026-05-0/m,
  );
  assert.match(out, /^initech\.test .* directory not had yet$/m);
  const asked = world.node.requests.find(({ type }) => type === 'contacts');
  assert.equal(asked?.type === 'contacts' && asked.search, 'carol');
});

test('a device that has to be approved shows what to read out, and then that it is enrolled', async () => {
  const world = await makeWorld();
  const waiting = { address: ALICE, label: 'laptop', fingerprint: 'AAAA-BBBB-CCCC-DDDD', until: 1 };
  for (const json of [false, true]) {
    const terminal = new FakeTerminal();
    const args = ['enrol', 'chancery-invitation:x', ...(json ? ['--json'] : [])];
    const code = await start(world, terminal, args, {}, ({ onWaiting }) => {
      onWaiting(waiting);
      return Promise.resolve(world.profile);
    });
    assert.equal(code, 0);
    if (json) {
      const [first, second] = objects(terminal.out);
      assert.deepEqual(first, { state: 'pending', ...waiting });
      assert.equal(second?.['address'], ALICE);
    } else
      assert.match(
        terminal.out,
        /operator has to approve.*\n\n {4}AAAA-BBBB-CCCC-DDDD\n[^]*now a device of alice/,
      );
  }
});
