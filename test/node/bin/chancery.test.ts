import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, it, type TestContext } from 'node:test';
import { DnsTree } from '../../../scripts/dns/index.ts';
import { temporaryHome } from '../../support/temporary-home.ts';

const BIN = fileURLToPath(new URL('../../../node/bin/chancery.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts the command as a process of its own, which cannot outlive the test. */
function chancery(
  t: TestContext,
  home: string,
  ...args: string[]
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [BIN, '--home', home, ...args], {
    env: { ...process.env, CHANCERY_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, out, err })) };
}

describe('the chancery command', () => {
  it('takes an operator from an empty folder to a running node, and out again', async (t) => {
    const tree = new DnsTree({ zones: ['test', 'acme.test'] });
    const server = await tree.serve();
    t.after(() => server.stop());
    const { directory } = await temporaryHome(t, 'organisation');
    const run = (...args: string[]): Promise<Ended> => chancery(t, directory, ...args).ended;
    const setting = tree.anchorLines.flatMap((line) => ['--anchor', line]);
    const listen = ['--listen', '/ip4/127.0.0.1/tcp/0', '--dns-server', server.address];

    const made = await run('init', 'acme.test', ...listen, ...setting);
    assert.deepEqual([made.code, made.err], [0, '']);
    const [, name = '', value = ''] = /^ {2}(\S+)\. 3600 IN TXT "(.+)"$/m.exec(made.out) ?? [];
    const before = await run('doctor');
    assert.equal(before.code, 1, 'the record is not yet published');
    assert.match(before.out, new RegExp(`mend: publish ${name}\\. 3600 IN TXT`));
    assert.ok(before.out.includes(value));
    tree.setTxt(name, [value]);
    const after = await run('doctor', '--json');
    const { checks } = JSON.parse(after.out) as { checks: { name: string; state: string }[] };
    assert.deepEqual(
      checks.filter((check) => check.state === 'failed'),
      [],
    );

    const node = chancery(t, directory, 'start');
    const [line] = (await Promise.race([once(node.child.stdout!, 'data'), node.ended])) as [unknown];
    assert.match(String(line), /^acme\.test runs as 12D3KooW/);
    const second = await run('start');
    assert.equal(second.code, 1);
    assert.match(second.err, new RegExp(`process ${node.child.pid}.*\\[node\\.running\\]\\n$`));
    const status = await run('status');
    assert.deepEqual([status.code, status.err], [0, '']);
    assert.match(status.out, /^domain +acme\.test$/m);
    const examined = await run('doctor');
    assert.match(examined.out, /held by our node/);
    node.child.kill('SIGTERM');
    const { code, err } = await node.ended;
    assert.deepEqual([code, err], [0, 'stopping; once more ends it at once\n']);
    assert.match((await run('status')).err, /\[node\.not-running\]\n$/);
  });

  it('starts again after it was killed', async (t) => {
    const { directory } = await temporaryHome(t, 'organisation');
    const run = (...args: string[]): Promise<Ended> => chancery(t, directory, ...args).ended;
    await run('init', 'acme.test', '--listen', '/ip4/127.0.0.1/tcp/0', '--dns-server', '127.0.0.1:1');
    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const node = chancery(t, directory, 'start');
      const [line] = (await Promise.race([once(node.child.stdout!, 'data'), node.ended])) as [unknown];
      assert.match(String(line), /^acme\.test runs as/);
      node.child.kill(signal);
      assert.equal((await node.ended).code, signal === 'SIGKILL' ? null : 0);
    }
  });

  it('ends quietly when nobody reads on', () => {
    const piped = spawnSync(`"${process.execPath}" "${BIN}" --help | head -c 1`, {
      shell: true,
      encoding: 'utf8',
    });
    assert.deepEqual([piped.stdout, piped.stderr], ['U', '']);
  });
});
