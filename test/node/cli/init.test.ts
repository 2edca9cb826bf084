import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ChanceryError } from '../../../protocol/errors/index.ts';
import { ROOT_ID } from '../../support/fake-operations.ts';
import type { InitOptions } from '../../../node/cli/dependencies.ts';
import { testCli } from '../../support/test-cli.ts';

describe('init', () => {
  const made = {
    domain: 'acme.test',
    rootId: ROOT_ID,
    peer: '12D3KooWNode',
    roles: ['gateway', 'archive'] as const,
    record: {
      name: '_chancery.acme.test',
      value: `v=chancery1; k=ed25519; id=${ROOT_ID}; seq=1; st=current`,
    },
    policy: '/srv/our node/policy.yaml',
  };

  it('hands on what it was told, and prints the exact record to publish', async (t) => {
    const seen: unknown[] = [];
    const cli = await testCli(t, {
      init: (options) => {
        seen.push(options);
        return Promise.resolve(made);
      },
    });
    const args = [
      '--listen',
      '/ip4/127.0.0.1/tcp/1',
      '--dns-server',
      '127.0.0.1:53',
      '--anchor',
      '. DS 1 8 2 00',
    ];
    const said = await cli.run('init', 'acme.test', ...args);
    const { name, value } = made.record;
    assert.ok(said.out.includes(`\n  ${name}. 3600 IN TXT "${value}"\n`));
    assert.deepEqual(seen, [
      {
        home: cli.home,
        domain: 'acme.test',
        invitation: null,
        listen: ['/ip4/127.0.0.1/tcp/1'],
        announce: [],
        dnsServers: ['127.0.0.1:53'],
        anchors: ['. DS 1 8 2 00'],
        offlineRoot: null,
        passphrase: null,
      },
    ]);
    const json = JSON.parse((await cli.run('init', 'acme.test', '--json')).out) as unknown;
    const told = { home: cli.home.directory, offlineRoot: null };
    assert.deepEqual(json, { ...made, roles: [...made.roles], ...told });
  });

  it('keeps the root’s key apart where it is told to, and says where', async (t) => {
    const seen: InitOptions[] = [];
    const { run } = await testCli(t, {
      init(options) {
        seen.push(options);
        return Promise.resolve(made);
      },
    });
    const said = await run('init', 'acme.test', '--offline-root', '/media/root.key');
    assert.equal(seen[0]?.offlineRoot, '/media/root.key');
    assert.match(said.out, /Keep \/media\/root\.key in a safe place/);
  });

  it('names the rules to begin with, and the command that brings them into force', async (t) => {
    const { run } = await testCli(t, { init: () => Promise.resolve(made) });
    const { out } = await run('init', 'acme.test');
    assert.match(
      out,
      /\nThen read \/srv\/our node\/policy\.yaml: until you bring rules into force, nothing is decided/,
    );
    assert.ok(
      out.includes(
        'chancery policy apply \'/srv/our node/policy.yaml\' --by operator --reason "first policy"\n',
      ),
    );
  });

  it('prints no record for a node that joins', async (t) => {
    const { run } = await testCli(t, {
      init: () => Promise.resolve({ ...made, roles: ['gateway'], record: null, policy: null }),
    });
    const said = await run('init', '--join', 'chancery-invitation:x');
    assert.equal(said.code, 0);
    assert.doesNotMatch(said.out, /TXT|policy/);
  });

  it('fails with the reason it was given', async (t) => {
    const { run } = await testCli(t, {
      init: () => Promise.reject(new ChanceryError('home.exists', 'it exists')),
    });
    assert.deepEqual(await run('init', 'acme.test'), {
      code: 1,
      out: '',
      err: 'chancery: it exists [home.exists]\n',
    });
  });
});
