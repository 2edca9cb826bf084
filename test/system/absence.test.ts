/** A node that was down, and a replica that took over, have on record that nothing could be recorded, and show it. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { OperationOutput } from '../../node/operations/contract.ts';
import { operationsOfArchive, type Operations } from '../../node/operations/index.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';
import { TestReplica } from '../support/test-replica.ts';
import { until } from '../support/until.ts';

const MINUTE = 60_000;

describe('C8: periods when recording was impossible', () => {
  const { now } = Date;
  let dns: TestDns;
  let node: TestNode;
  let ahead = 0;

  before(async () => {
    Date.now = () => now() + ahead;
    dns = await startDns('acme.test');
    node = await startTestNode(dns, 'acme.test');
  });

  afterEach(() => {
    assert.deepEqual(node.node.organisation.log.findings, []);
  });

  after(async () => {
    await node.stop();
    await dns.server.stop();
    Date.now = now;
  });

  async function absences({
    operations,
  }: {
    readonly operations: Operations;
  }): Promise<OperationOutput<'archive.absences'>['absences']> {
    return (await operations['archive.absences']({ limit: 50 })).absences;
  }

  it('are none while the node runs, nor when it is started anew at once', async () => {
    node = await node.restart();
    assert.deepEqual(await absences(node), []);
    assert.equal((await node.operations.status({})).absence, null);
  });

  it('are on record once it was down for longer, as the first entry since, and shown by status', async () => {
    const { log } = node.node.organisation;
    const { size } = log;
    const stopped = Date.now();
    await node.node.stop();
    ahead += 10 * MINUTE;
    node = await node.restart();
    const started = Date.now();
    const [absence] = await until('it is recorded', async () => {
      const found = await absences(node);
      return found.length > 0 && found;
    });
    assert.deepEqual(
      [absence!.sequence, absence!.reason, absence!.setBack, absence!.detail],
      [size, 'node-down', 0, 'the node was stopped in order'],
    );
    assert.ok(
      Date.parse(absence!.from) >= stopped - MINUTE && Date.parse(absence!.from) <= stopped + 5 * MINUTE,
    );
    assert.ok(
      Date.parse(absence!.until) > stopped + 10 * MINUTE - 1 && Date.parse(absence!.until) <= started,
    );
    assert.ok(absence!.lasted! >= 10 * MINUTE - 1);
    assert.equal((await node.operations.status({})).absence?.sequence, size);
    assert.deepEqual(
      (await node.operations.audit({ limit: 50, kind: 'absence' })).acts.map(({ sequence }) => sequence),
      [size],
    );
  });

  it('are on record before the epoch of a replica that takes over', async () => {
    const replica = await TestReplica.join(node);
    const { log } = node.node.organisation;
    await until('the replica has everything', () => replica.size === log.size);
    const { size } = log;
    await node.node.stop();
    await until('it is missed', () => replica.replica?.follower.state.connected === false);
    ahead += 10 * MINUTE;
    await replica.replica!.promote('operator', 'the first machine is lost', true);
    const { ledger } = replica.replica!;
    const kinds = [ledger.log.entry(size)?.kind, ledger.log.entry(size + 1)?.kind];
    assert.deepEqual(kinds, ['absence', 'epoch']);
    const { from, until: end, detail } = ledger.record('absence', size)!;
    assert.ok(end - from >= 9 * MINUTE && end - from < 12 * MINUTE, String(end - from));
    assert.match(detail, /another node took over: the first machine is lost/);
    await replica.stop();
    await replica.start();
    const listed = await absences({ operations: operationsOfArchive(replica.primary!) });
    assert.equal(listed[0]?.sequence, size);
    await replica.remove();
    node = await node.restart();
  });
});
