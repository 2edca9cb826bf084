/** Keys changed by hand, by an operator whose root's key is not on the node, who follows what the doctor says. */
import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { OperationOutput } from '../../node/operations/index.ts';
import { startWorld } from '../support/process-world.ts';

type Outcome = OperationOutput<'identity.rotate-root'>;

interface Checked {
  readonly checks: readonly { readonly name: string; readonly state: string; readonly mend: string }[];
}

test('an offline root certifies another issuer and hands over to another root, and the doctor tells each step', async (t) => {
  const { folder, federation } = await startWorld(t, { domains: ['acme.test'], agreed: false });
  const [acme] = federation.organisations;
  assert.ok(acme !== undefined);
  const file = (name: string): string => join(folder, name);
  await rename(acme.home.keys.root, file('root.key'));
  const identity = async (...args: string[]): Promise<Outcome> =>
    (await acme.cli(['identity', ...args])) as Outcome;
  const sign = (request: string, out: string, ...keys: string[]): Promise<unknown> =>
    acme.cli([
      'identity',
      'sign',
      file(request),
      ...keys.flatMap((key) => ['--key', file(key)]),
      '--out',
      file(out),
      '--yes',
    ]);
  const publish = (records: Outcome['records']): void =>
    federation.tree.setTxt(
      '_chancery.acme.test',
      records.map(({ value }) => value),
    );
  const mends = async (): Promise<string> => {
    const { stdout } = await acme.run(['--json', 'doctor']);
    const { checks } = JSON.parse(stdout) as Checked;
    return checks.map(({ name, mend }) => `${name}: ${mend}`).join('\n');
  };

  const before = await acme.call('identity.show', {});
  const asked = await identity('rotate-issuer', '--request', file('issuer.json'));
  assert.equal(asked.state, 'to-sign');
  await sign('issuer.json', 'issuer-signed.json', 'root.key');
  assert.equal((await identity('rotate-issuer', '--signed', file('issuer-signed.json'))).state, 'done');
  const issued = await acme.call('identity.show', {});
  assert.notEqual(serialOf(issued, 'issuer'), serialOf(before, 'issuer'));

  const prepared = await identity('rotate-root', '--prepare', '--offline-root', file('next.key'));
  assert.equal(prepared.state, 'prepared');
  assert.match(await mends(), /next root: publish _chancery\.acme\.test\. 3600 IN TXT ".*st=next"/);
  await assert.rejects(acme.cli(['identity', 'rotate-root', '--complete']), /identity\.not-published/);
  publish(prepared.records);
  assert.match(await mends(), /next root: .*chancery identity rotate-root --complete/);

  const toSign = await identity('rotate-root', '--complete', '--request', file('handover.json'));
  assert.equal(toSign.state, 'to-sign');
  await assert.rejects(sign('handover.json', 'half.json', 'root.key'), /key\.missing/);
  await sign('handover.json', 'handover-signed.json', 'root.key', 'next.key');
  const done = await identity('rotate-root', '--complete', '--signed', file('handover-signed.json'));
  assert.deepEqual([done.state, done.rootId, done.sequence], ['done', prepared.nextRootId, 2]);
  assert.match(await mends(), /own domain: publish .*seq=2; st=current", alone/);
  publish(done.records);
  assert.doesNotMatch(await mends(), /publish|rotate/);

  await acme.stop();
  await acme.start();
  const shown = await acme.call('identity.show', {});
  assert.deepEqual([shown.rootId, shown.sequence, shown.level], [prepared.nextRootId, 2, 'dnssec']);
  assert.deepEqual((await acme.call('archive.verify', {})).faults, []);
});

function serialOf({ certificates }: OperationOutput<'identity.show'>, kind: string): string | undefined {
  return certificates.find((certificate) => certificate.kind === kind)?.serial;
}
